"""What a person wants to know, and how it is found in what was heard."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.people.templates import fill, fill_pattern

STRIPPED = ".,;:!?\"'()[]…-"


@dataclass(frozen=True)
class Slot:
    """One thing to be known.

    Attributes:
        asks: ways to ask for it.
        patterns: what fills it, wherever it is said; the group `value` is kept, or the whole match.
        required: without it there is no agreement.
        chance: how likely this person cares for it at all.
        if_yes: what a plain yes to the question means.
    """

    name: str
    asks: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    required: bool = True
    chance: float = 1.0
    if_yes: str | None = None

    @classmethod
    def from_toml(
        cls, table: dict[str, Any], words: dict[str, str], known: Sequence[str]
    ) -> "Slot":
        """Read a slot; `one_of_known` lets it be filled by a name that the person knows."""
        sources = [fill_pattern(pattern, words) for pattern in table.get("patterns", [])]
        if table.get("one_of_known"):
            sources.append(rf"\b(?P<value>{'|'.join(re.escape(name) for name in known)})\b")
        return cls(
            name=table["name"],
            asks=tuple(fill(line, words) for line in table["asks"]),
            patterns=tuple(re.compile(source, re.IGNORECASE) for source in sources),
            required=table.get("required", True),
            chance=table.get("chance", 1.0),
            if_yes=table.get("if_yes"),
        )

    def find(self, text: str) -> str | None:
        """The value said last in what was heard, as it was said."""
        matches = [match for pattern in self.patterns for match in pattern.finditer(text)]
        if not matches:
            return None
        last = max(matches, key=lambda match: match.end())
        return last.group("value" if "value" in last.re.groupindex else 0)


def plain(heard: str) -> str:
    """Heard words without their punctuation, for patterns to look at."""
    words = (word.replace("\u2019", "'").strip(STRIPPED) for word in heard.split())
    return " ".join(word for word in words if word)
