"""What a call told the callee about the user: facts and answers whose words were heard. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from floyd.reports.quantities import quantities

_PART = re.compile(r"\s*[,;]\s*")
_WORDS = re.compile(r"[^\W\d_]+")
_CONTENT_LENGTH = 3
_COMMON = frozenset(
    """and are for from has have her his its name named full first last number our she the their
    them they this that was were who with you your called""".split()
)


def shared(snapshot: Mapping[str, Any], heard: Iterable[str]) -> list[str]:
    """Return what was told: facts as "subject (value)", of answers to questions the words alone.

    Args:
        snapshot: all that the call could know: user, facts, answers, request.
        heard: what was heard of Floyd's words.
    """
    said = " \n ".join(heard)
    told = ["your name"] if _is_told(str(snapshot.get("user", "")), said) else []
    for fact in snapshot.get("facts", []):
        parts = [part for part in _PART.split(str(fact["value"])) if _is_told(part, said)]
        if parts:
            told.append(f"{fact['subject']} ({', '.join(parts)})")
    answers = dict.fromkeys(str(answer["answer"]) for answer in snapshot.get("answers", []))
    for part in (part for answer in answers for part in _PART.split(answer)):
        if _is_told(part, said) and not any(part in one for one in told):
            told.append(part)
    return told


def _is_told(part: str, said: str) -> bool:
    """Return whether a part of a fact was said: names and numbers in full, of mere words one."""
    names = {word.casefold() for word in _WORDS.findall(part) if word[0].isupper()}
    others = {
        word.casefold()
        for word in _WORDS.findall(part)
        if len(word) >= _CONTENT_LENGTH and word.casefold() not in names | _COMMON
    }
    numbers = quantities(part)
    if not names and not others and not numbers:
        return False
    spoken = {word.casefold() for word in _WORDS.findall(said)}
    exactly = names <= spoken and quantities(said).cover(numbers)
    return exactly and (bool(numbers) or not others or bool(others & spoken))
