"""Whether words that the model puts together are somebody's own; pure."""

import re

from floyd.errands.gates import numbers_in, was_given

# They join what was said piece by piece, and change nothing of it.
_JOINING = frozenset(
    "a about an and at by for from in is it of on please that the then to up with".split()
)
_WORD = re.compile(r"[\w']+")


def is_quoted(words: str, text: str) -> bool:
    """Return whether words stand in a text as they are."""
    return bool(words) and words.casefold() in text.casefold()


def is_composed_of(words: str, text: str) -> bool:
    """Return whether words were all said in a text, perhaps apart, each number in one piece."""
    theirs = _words(text) | _JOINING
    return _words(words) <= theirs and all(
        was_given(number, [text]) for number in numbers_in(words)
    )


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold().replace("\u2019", "'")))
