"""A spoken dialogue of a user and Floyd in, what the user decided in the end out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from floyd.sandbox.openai.double.reading import every, knowledge, matched, replaced
from floyd.sandbox.openai.double.wishes import Wish, wish, wishes_in

Errands = list[dict[str, object]]

_GOES_ON = {"new_errand", "unclear"}
_STANDS_ALONE = {"cancel", "status", "forget"}
_MOST_CUTS = 3
_NOTHING_WANTED = {"small_talk", "unclear"}


class Line(NamedTuple):
    """One utterance; the speaker is `user` or `floyd`."""

    speaker: str
    text: str


@dataclass(frozen=True)
class _Said:
    """What the user said in one go, and what Floyd had said before it."""

    text: str
    floyd: str
    is_last: bool


def wishes_of(dialogue: Sequence[Line], open_errands: Errands) -> list[Wish]:
    """Return what the user wants: greetings, yeses and goodbyes are no wishes."""
    decided: list[Wish] = []
    for said in _in_turns(dialogue):
        decided = _after(said, decided, open_errands)
    wanted = [each for each in decided if each["kind"] not in _NOTHING_WANTED]
    if wanted:
        return wanted
    unclear = [each for each in decided if each["kind"] == "unclear"]
    return unclear[-1:] or decided[-1:] or wishes_in("hello", [])


def plainly(text: str) -> str:
    """Return what was said without greeting, filling sounds and courtesies."""
    rules = knowledge("spoken")
    text = replaced([(rules["topic"], ""), (rules["courtesy"], "")], _without_greeting(text))
    return text.strip(" ,")


def has_a_topic(text: str) -> bool:
    """Tell whether it is said what the call is about."""
    return matched([knowledge("spoken")["topic"]], _without_greeting(text)) is not None


def _without_greeting(text: str) -> str:
    rules = knowledge("spoken")
    greeting = (rules["greeting"], "")
    return replaced([(rules["fillers"], ""), greeting, (rules["introduction"], ""), greeting], text)


def _in_turns(dialogue: Sequence[Line]) -> Iterator[_Said]:
    """Join what the user said until Floyd spoke again."""
    spoken: list[str] = []
    floyd = ""
    for line in dialogue:
        if line.speaker != "floyd":
            spoken.append(line.text)
            continue
        if spoken:
            yield _Said(" ".join(spoken), floyd, is_last=False)
        spoken, floyd = [], line.text
    if spoken:
        yield _Said(" ".join(spoken), floyd, is_last=True)


def _after(said: _Said, decided: list[Wish], open_errands: Errands) -> list[Wish]:
    """Return what is decided once this has been said."""
    rules = knowledge("spoken")
    text = plainly(said.text)
    if said.is_last:
        text = _finished(text)
        if not text and plainly(said.text):
            return [*decided, wish("unclear", said.text, reply=rules["ask_again"])]
    if decided and matched([rules["check"]], said.floyd):
        text = replaced([(rules["yes"], "")], text)
        if matched([rules["no"]], f"{text} ") and not replaced([(rules["no"], "")], text):
            return decided[:-1] if said.is_last else decided
    if decided and matched([rules["never_mind"]], text) and not _is_open(said.floyd):
        return [*decided[:-1], wish("small_talk", said.text, reply=rules["all_right"])]
    if not text or matched([rules["not_known"]], text):
        return decided
    if decided and not _is_open(said.floyd) and matched([rules["no"]], text):
        return _corrected(decided, replaced([(rules["no"], "")], text), open_errands)
    if decided and _completes(said, decided[-1], text, open_errands):
        return _completed(decided, text, said.floyd, open_errands)
    return [*decided, *wishes_in(text, open_errands)]


def _is_open(floyd: str) -> bool:
    """Tell whether Floyd asked what there is to do."""
    return matched([knowledge("spoken")["open_question"]], floyd) is not None


def _finished(text: str) -> str:
    """Return what was said without a last sentence, or part of one, that breaks off."""
    rules = knowledge("spoken")
    for _ in range(_MOST_CUTS):
        if matched([rules["unfinished"]], text):
            ends = [found.start() for found in every([rules["boundary"]], text)]
            text = text[: ends[-1]] if ends else ""
    return text


def _completes(said: _Said, last: Wish, text: str, open_errands: Errands) -> bool:
    """Tell whether this answers what Floyd asked about the wish before."""
    if "?" not in said.floyd or _is_open(said.floyd) or last["kind"] not in _GOES_ON:
        return False
    kinds = {each["kind"] for each in wishes_in(text, open_errands)}
    return not kinds & _STANDS_ALONE


def _completed(decided: list[Wish], text: str, asked: str, open_errands: Errands) -> list[Wish]:
    last = decided[-1]
    completions = knowledge("spoken")["completions"]
    join = next(rule["join"] for rule in completions if matched([rule["asked"]], asked))
    whole = f"{last['text'].rstrip(' .?!,')}{join}{text}"
    if last["kind"] == "unclear":
        return [*decided[:-1], *wishes_in(whole, open_errands)]
    return [*decided[:-1], last | {"text": whole}]


def _corrected(decided: list[Wish], text: str, open_errands: Errands) -> list[Wish]:
    """Put right what was decided last: by a new wish, else by the words that change."""
    anew = wishes_in(text, open_errands)
    if any(each["kind"] not in _NOTHING_WANTED | {"answer"} for each in anew):
        return [*decided[:-1], *anew]
    last = decided[-1]
    whole = corrected(last["text"], text)
    if whole is not None:
        return [*decided[:-1], last | {"text": whole}]
    return _completed(decided, text, "", open_errands)


def corrected(text: str, correction: str) -> str | None:
    """Return a text with the words that a correction changes; None where it changes none."""
    correction = replaced([(knowledge("spoken")["no"], "")], correction)
    for rule in knowledge("spoken")["corrections"]:
        found = matched([rule["said"]], correction)
        old = found and _replaced_by(found, rule, text)
        if found and old:
            return f"{text[: old.start()]}{found['new']}{text[old.end() :]}"
    return None


def _replaced_by(found: re.Match[str], rule: dict[str, str], text: str) -> re.Match[str] | None:
    """Return where the words stand that a correction changes."""
    old = rule.get("instead_of") or rf"\b{re.escape(found['old'])}\b"
    return matched([old], text)
