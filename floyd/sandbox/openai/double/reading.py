"""How the double reads: a request's material in; sentences, words and matches out."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_ABBREVIATED = "".join(rf"(?<!\b{title}\.)" for title in ("mr", "ms", "mrs", "dr", "st"))
_SENTENCE_END = re.compile(rf"{_ABBREVIATED}(?<=[.?!])\s+|\n+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")


@cache
def knowledge(name: str) -> dict[str, Any]:
    """Return the data file of a task."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def matched(patterns: Iterable[str], text: str) -> re.Match[str] | None:
    """Return the match of the first pattern that is found in a text, whatever its case."""
    return next((found for pattern in patterns if (found := _compiled(pattern).search(text))), None)


def every(patterns: Iterable[str], text: str) -> list[re.Match[str]]:
    """Return all matches of all patterns."""
    return [found for pattern in patterns for found in _compiled(pattern).finditer(text)]


def replaced(pairs: Iterable[tuple[str, str]], text: str) -> str:
    """Apply pairs of pattern and replacement, in order."""
    for pattern, replacement in pairs:
        text = _compiled(pattern).sub(replacement, text)
    return text


def sentences(text: str) -> list[str]:
    """Split a text at the ends of its sentences and at line breaks."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def words(text: str) -> set[str]:
    """Return a text's words in lower case, without a possessive 's."""
    return {re.sub(r"['\u2019]s$", "", word.lower()) for word in _WORD.findall(text)}


def names(text: str) -> set[str]:
    """Return the capitalised words of a text in lower case, without a possessive 's."""
    return words(" ".join(word for word in _WORD.findall(text) if word[0].isupper()))


def owner(subject: str) -> str:
    """Return whom a fact belongs to: what stands before a possessive, if anything."""
    found = re.match(r"(.+?)['\u2019]s\b", subject)
    return found[1] if found else ""


def owners(facts: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the names of those whom facts belong to, in lower case."""
    return {name for fact in facts for name in names(owner(str(fact.get("subject"))))}


def person_in(request: str, known: set[str], left_out: set[str]) -> str | None:
    """Return whom a request is about: a name within it, best one that facts are about.

    Args:
        request: the user's words.
        known: names that facts are about, in lower case.
        left_out: words of the place to be phoned, in lower case.
    """
    found = re.findall(r"(?<!^)(?<![.!?] )\b([A-Z][a-z]+)", request)
    named = [name for name in found if name.lower() not in left_out]
    return next((name for name in named if name.lower() in known), named[0] if named else None)


def capitalised(text: str) -> str:
    """Return the text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def content(message: Mapping[str, Any]) -> str:
    """Return the text of a chat message, whose content may come in parts."""
    body = message.get("content") or ""
    if isinstance(body, str):
        return body
    return "".join(part.get("text") or "" for part in body)


def parsed(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON object that a message consists of, or an empty one."""
    try:
        value = json.loads(content(message))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def material(messages: Iterable[Mapping[str, Any]], key: str) -> dict[str, Any]:
    """Return the first JSON object among the messages that has a key: repairs come after it."""
    objects = (parsed(message) for message in messages if message["role"] != "assistant")
    return next((value for value in objects if key in value), {})


def name_of(person: Any) -> str:
    """Return a person's name, which may come alone or among other things."""
    return str(person.get("name") or "") if isinstance(person, dict) else str(person or "")
