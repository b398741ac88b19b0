"""The double's reading of a text: material of the task `Understanding` in, wishes out."""

import re
from typing import Any

from floyd.sandbox.openai.double.reading import knowledge, matched, material, sentences, words

Wish = dict[str, Any]

_LONGEST_WISH = 1_000
_ABOUT_AN_OPEN_ERRAND = {"cancel", "status", "confirm", "refuse", "answer"}


def understand(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the text of the material asks for, as an `Understanding`."""
    given = material(messages, "text")
    text = str(given.get("text") or "").replace("\0", " ").strip()[:_LONGEST_WISH]
    open_errands = [errand for errand in given.get("open_errands") or [] if "id" in errand]
    calling = next((e["id"] for e in reversed(open_errands) if e.get("state") == "calling"), None)
    asking = next((errand for errand in reversed(open_errands) if errand.get("questions")), None)
    if not text:
        reply = knowledge("understanding")["nothing_said"]
        return {"wishes": [_wish("unclear", text, reply=reply)]}
    if asking and _is_answer(text, calling is not None):
        return {"wishes": [_wish("answer", text, asking["id"])]}
    pieces = [(_kind(piece, calling is not None), piece) for piece in _pieces(text)]
    return {"wishes": [_about(*piece, open_errands, calling) for piece in _joined(pieces)]}


def _wish(kind: str, text: str, errand_id: int | None = None, reply: str | None = None) -> Wish:
    return {"kind": kind, "text": text, "errand_id": errand_id, "reply": reply}


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
        return _wish(kind, piece, reply=rules["ask_what"])
    if kind == "small_talk":
        reply = next(rule["say"] for rule in rules["replies"] if matched([rule["pattern"]], piece))
        return _wish(kind, piece, reply=reply)
    if kind == "instruction":
        return _wish(kind, piece, calling)
    if kind in _ABOUT_AN_OPEN_ERRAND:
        return _wish(kind, piece, _meant(piece, open_errands))
    return _wish(kind, piece)


def _meant(piece: str, open_errands: list[dict[str, Any]]) -> int | None:
    """Return the id of the open errand that the text is about: by its words, else one that asks."""
    said = words(piece) - set(knowledge("understanding")["common"])

    def likeness(errand: dict[str, Any]) -> tuple[int, bool]:
        return len(said & words(str(errand.get("request")))), bool(errand.get("questions"))

    best = max(reversed(open_errands), key=likeness, default=None)
    return best["id"] if best else None
