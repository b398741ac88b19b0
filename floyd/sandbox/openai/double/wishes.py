"""A user's words in, what they ask for out: whether they were typed or spoken."""

import re
from collections.abc import Sequence
from typing import Any

from floyd.sandbox.openai.double.reading import knowledge, matched, sentences, words

Wish = dict[str, Any]

_STARTS_ANEW = [r"^\W*(?:and |also |please |can you |could you )*(?:call|phone|ring|order|book)\b"]
_ABOUT_AN_OPEN_ERRAND = {"cancel", "status", "confirm", "refuse", "answer"}


def wishes_in(
    text: str, open_errands: list[dict[str, Any]], recent: Sequence[dict[str, Any]] = ()
) -> list[Wish]:
    """Return what a text asks for, in the light of the user's open and recent errands."""
    calling = next((e["id"] for e in reversed(open_errands) if e.get("state") == "calling"), None)
    asking = [errand for errand in open_errands if errand.get("questions")]
    if not text:
        return [wish("unclear", text, reply=knowledge("understanding")["nothing_said"])]
    if _is_correction(text, bool(asking)) and (open_errands or recent):
        return [wish("correction", text, _changed(text, open_errands, recent))]
    if asking:
        answer, text = _answer_in(text, calling is not None)
        first = [wish("answer", answer, _meant(answer, asking))] if answer else []
        if not text:
            return first
        return first + _asked_for(text, open_errands, calling)
    return _asked_for(text, open_errands, calling)


def _asked_for(text: str, open_errands: list[dict[str, Any]], calling: int | None) -> list[Wish]:
    pieces = [(_kind(piece, calling is not None), piece) for piece in _pieces(text)]
    return [_about(*piece, open_errands, calling) for piece in _joined(pieces)]


def _is_correction(text: str, asked: bool) -> bool:
    rules = knowledge("understanding")["corrections"]
    return matched(rules["always"] + ([] if asked else rules["unasked"]), text) is not None


def _changed(
    text: str, open_errands: list[dict[str, Any]], recent: Sequence[dict[str, Any]]
) -> int | None:
    return _meant(text, open_errands) if open_errands else int(recent[0]["id"])


def _answer_in(text: str, calling: bool) -> tuple[str, str]:
    """Split a text into the answer to what was asked, and what else it asks for."""
    if _is_answer(text, calling):
        pieces = _pieces(text)
        kinds = [_kind(piece, calling) for piece in pieces]
        starts = [place for place, kind in enumerate(kinds) if kind == "new_errand" and place]
        if starts and matched(_STARTS_ANEW, pieces[starts[0]]):
            place = text.find(pieces[starts[0]])
            return " ".join(pieces[: starts[0]]), text[place:]
        return text, ""
    return "", text


def wish(kind: str, text: str, errand_id: int | None = None, reply: str | None = None) -> Wish:
    """Return one wish as `Understanding` has it."""
    about: Wish = {"errand_id": errand_id, "facts": [], "contact": None}
    return {"kind": kind, "text": text, **about, "reply": reply}


def _is_answer(text: str, calling: bool) -> bool:
    """Tell whether a text answers an open question: whatever is not plainly something else."""
    rules = knowledge("understanding")["question_open"]
    if matched(rules["something_else"], text):
        return False
    kind = _kind(text, calling)
    if kind == "instruction":
        return not matched(knowledge("understanding")["kinds"]["instruction"], text)
    return kind not in rules["not_an_answer"] and (kind != "small_talk" or len(words(text)) > 4)


def _pieces(text: str) -> list[str]:
    boundaries = "|".join(knowledge("understanding")["boundaries"])
    return [
        piece
        for sentence in sentences(text)
        for piece in re.split(boundaries, sentence, flags=re.IGNORECASE)
        if words(piece) or not words(text)
    ]


def _kind(piece: str, calling: bool) -> str:
    for kind, patterns in knowledge("understanding")["kinds"].items():
        if matched(patterns, piece) and (calling or kind != "instruction"):
            return str(kind)
    return "instruction" if calling else "unclear"


def _joined(pieces: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join to an errand the sentences around it that say more about it, and drop its greeting."""
    has_errand = any(kind == "new_errand" for kind, _ in pieces)
    joined: list[tuple[str, str]] = []
    for kind, piece in pieces:
        before = joined[-1][0] if joined else ""
        if has_errand and kind == "small_talk":
            continue
        if has_errand and kind == "unclear" and before == "new_errand":
            joined[-1] = (before, f"{joined[-1][1]} {piece}")
        elif before == "unclear" and kind in {"new_errand", "unclear"}:
            joined[-1] = (kind, f"{joined[-1][1]} {piece}")
        elif (kind, before) == ("small_talk", "small_talk"):
            joined[-1] = (kind, f"{joined[-1][1]} {piece}")
        else:
            joined.append((kind, piece))
    return joined


def _about(kind: str, piece: str, open_errands: list[dict[str, Any]], calling: int | None) -> Wish:
    rules = knowledge("understanding")
    if kind in {"confirm", "refuse"} and not open_errands:
        kind = "small_talk"
    if kind == "unclear":
        return wish(kind, piece, reply=rules["ask_what"])
    if kind == "small_talk":
        reply = next(rule["say"] for rule in rules["replies"] if matched([rule["pattern"]], piece))
        return wish(kind, piece, reply=reply)
    if kind == "instruction":
        return wish(kind, piece, calling)
    if kind in _ABOUT_AN_OPEN_ERRAND:
        return wish(kind, piece, _meant(piece, open_errands))
    return wish(kind, piece)


def _meant(piece: str, open_errands: list[dict[str, Any]]) -> int | None:
    """Return the id of the open errand that the text is about: by its words, else one that asks.

    Where several ask and no word tells them apart, none is meant for sure.
    """
    said = words(piece) - set(knowledge("understanding")["common"])

    def likeness(errand: dict[str, Any]) -> tuple[int, bool]:
        asked = " ".join(str(question) for question in errand.get("questions") or [])
        return len(said & words(f"{errand.get('request')} {asked}")), bool(errand.get("questions"))

    best = max(reversed(open_errands), key=likeness, default=None)
    if best is None or [likeness(errand) for errand in open_errands].count(likeness(best)) > 1:
        return None
    return int(best["id"])
