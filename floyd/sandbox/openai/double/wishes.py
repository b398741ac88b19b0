"""A user's words in, what they ask for out: whether they were typed or spoken."""

import re
from typing import Any

from floyd.sandbox.openai.double.reading import knowledge, matched, sentences, words

Wish = dict[str, Any]

_ABOUT_AN_OPEN_ERRAND = {"cancel", "status", "confirm", "refuse", "answer"}


def wishes_in(text: str, open_errands: list[dict[str, Any]]) -> list[Wish]:
    """Return what a text asks for, in the light of the user's open errands."""
    calling = next((e["id"] for e in reversed(open_errands) if e.get("state") == "calling"), None)
    asking = next((errand for errand in reversed(open_errands) if errand.get("questions")), None)
    if not text:
        return [wish("unclear", text, reply=knowledge("understanding")["nothing_said"])]
    if asking and _is_answer(text, calling is not None):
        return [wish("answer", text, asking["id"])]
    pieces = [(_kind(piece, calling is not None), piece) for piece in _pieces(text)]
    return [_about(*piece, open_errands, calling) for piece in _joined(pieces)]


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
    """Return the id of the open errand that the text is about: by its words, else one that asks."""
    said = words(piece) - set(knowledge("understanding")["common"])

    def likeness(errand: dict[str, Any]) -> tuple[int, bool]:
        return len(said & words(str(errand.get("request")))), bool(errand.get("questions"))

    best = max(reversed(open_errands), key=likeness, default=None)
    return best["id"] if best else None
