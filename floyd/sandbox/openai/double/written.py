"""Spoken words in, the same words as one would write them out: names, numbers, sentences."""

import re
from collections.abc import Iterable

from floyd.sandbox.openai.double.reading import capitalised, knowledge, matched, replaced

_HUNDRED = 100


def written(text: str, known: Iterable[str] = ()) -> str:
    """Return what was said with capitals and figures; what is written already stays as it is.

    Args:
        text: words as a recogniser gives them, or as they were typed.
        known: names that may occur, in any case.
    """
    rules = knowledge("written")
    text = _with_figures(text)
    for rule in rules["sentences"]:
        text = replaced([(rule["pattern"], rule["say"])], text)
    text = re.sub(r"\bi\b(?!\.)", "I", text)
    for name in set(known) - set(rules["no_name"]):
        text = re.sub(rf"\b{re.escape(name.lower())}\b", capitalised(name), text)
    for pattern in rules["names"]["patterns"]:
        text = re.sub(pattern, _with_capitals, text)
    return text


def as_a_name(place: str) -> str:
    """Return a place that was heard as `brock road garage` as its sign has it."""
    if place != place.lower() or matched([knowledge("written")["articles"]], place):
        return place
    return " ".join(capitalised(word) for word in place.split())


def _with_capitals(found: re.Match[str]) -> str:
    name = found["name"]
    if name in knowledge("written")["no_name"]:
        return found[0]
    start, end = found.span("name")
    before, after = found.string[found.start() : start], found.string[end : found.end()]
    return before + " ".join(capitalised(word) for word in name.split()) + after


def _with_figures(text: str) -> str:
    rules = knowledge("written")["numbers"]
    digit = "|".join(rules["digits"])
    least = rules["least_digits"] - 1
    phone = rf"\b(?:{digit})(?:[ ,.-]+(?:{digit})){{{least},}}\b"
    text = re.sub(phone, _dialled, text, flags=re.IGNORECASE)
    word = "|".join([*rules["values"], "a hundred", "hundred"])
    number = rf"\b(?P<number>(?:{word})(?:[ -](?:and )?(?:{word}))*)"
    patterns = (rf"{number}(?= {rules['before']})", rf"\b(?P<lead>{rules['after']} ){number}\b")
    for pattern in patterns:
        text = re.sub(pattern, _in_figures, text, flags=re.IGNORECASE)
    return text


def _dialled(found: re.Match[str]) -> str:
    digits = knowledge("written")["numbers"]["digits"]
    return "".join(digits[word] for word in re.findall(r"[a-z]+", found[0].lower()))


def _in_figures(found: re.Match[str]) -> str:
    values = knowledge("written")["numbers"]["values"]
    total = 0
    for word in re.findall(r"[a-z]+", found["number"].lower()):
        total = max(total, 1) * _HUNDRED if word == "hundred" else total + values.get(word, 0)
    return f"{found.groupdict().get('lead') or ''}{total}"
