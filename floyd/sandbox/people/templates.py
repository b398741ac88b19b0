"""Names in braces within people's lines and patterns; other braces are left alone."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"\{([a-z_]+)\}")


def names_in(line: str) -> set[str]:
    """The names that a line speaks of."""
    return set(_NAME.findall(line))


def fill(line: str, words: Mapping[str, str]) -> str:
    """A line with its names filled in.

    Raises:
        KeyError: the line names something unknown.
    """
    return _NAME.sub(lambda match: words[match[1]], line)


def fill_pattern(pattern: str, words: Mapping[str, str]) -> str:
    """A regular expression with its names filled in literally."""
    return _NAME.sub(lambda match: re.escape(words[match[1]]), pattern)
