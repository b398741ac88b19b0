"""What a wish says about the user, beside what it asks for: facts and numbers to keep."""

from collections.abc import Sequence
from typing import Any

from floyd.sandbox.openai.double.reading import every, knowledge, matched, words
from floyd.sandbox.openai.double.wishes import Wish

_TEACHES = ("remember", "new_errand", "answer", "correction")
_NAMES_KNOWN = ("forget", "recall")


def taught(wish: Wish, user: str, known: Sequence[str]) -> Wish:
    """Return a wish with the facts and the contact that its text gives.

    Args:
        wish: what is asked for.
        user: their name.
        known: of what something is known.
    """
    if wish["kind"] in _NAMES_KNOWN:
        named = _named(wish["text"], user, known)
        return wish | {"facts": [_fact(subject, "") for subject in named]}
    found = matched([knowledge("understanding")["contact"]["pattern"]], wish["text"])
    contact = {"name": found["name"], "phone": found["phone"]} if found else None
    if wish["kind"] == "remember" and contact:
        return wish | {"contact": contact}
    return wish | {"facts": _facts(wish["text"], user) if wish["kind"] in _TEACHES else []}


def _facts(text: str, user: str) -> list[dict[str, Any]]:
    first = user.split()[0] if user.split() else "the user"
    return [
        _fact(rule["subject"].format(user=first, **found.groupdict()), found["value"].strip())
        for rule in knowledge("understanding")["said"]
        for found in every([rule["pattern"]], text)
    ]


def _fact(subject: str, value: str) -> dict[str, Any]:
    return {"subject": subject, "value": value, "until": None}


def _named(text: str, user: str, known: Sequence[str]) -> list[str]:
    """Return the known subjects whose last word the text has: `my address`, `Mara's class`."""
    said = words(text)
    owners = said | (words(user) if "my" in said else set())
    return [
        subject
        for subject in known
        if subject.split()
        and subject.split()[-1].lower() in said
        and ("'s " not in subject or words(subject.partition("'s ")[0]) & owners)
    ]
