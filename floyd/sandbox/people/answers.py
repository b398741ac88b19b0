"""What somebody answers when asked: patterns on questions in, lines out."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.people.templates import fill, fill_pattern

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Answer:
    """One thing that may be asked."""

    asked: re.Pattern[str]
    says: tuple[str, ...]

    @classmethod
    def from_toml(cls, table: Mapping[str, Any], words: Mapping[str, str]) -> "Answer":
        """Read an answer with the facts of a story filled in."""
        return cls(
            asked=re.compile(fill_pattern(table["asked"], words), re.IGNORECASE),
            says=tuple(fill(line, words) for line in table["says"]),
        )


def answer_to(question: str, answers: Sequence[Answer], draw: random.Random) -> str:
    """What is said to all that a question asks, in the order of the answers; empty if nothing."""
    fitting = [each for each in answers if each.asked.search(question)]
    return " ".join(draw.choice(each.says) for each in fitting)


def question_in(heard: str) -> str:
    """The sentences that ask something."""
    return " ".join(each for each in _SENTENCE_END.split(heard.strip()) if each.endswith("?"))
