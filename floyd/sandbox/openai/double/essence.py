"""What Floyd says back to a user on the phone: what they want in, one sentence out."""

from typing import Any

from floyd.sandbox.openai.double import requests
from floyd.sandbox.openai.double.reading import (
    capitalised,
    knowledge,
    matched,
    name_of,
    names,
    owner,
    owners,
    replaced,
    words,
)
from floyd.sandbox.openai.double.wishes import Wish
from floyd.sandbox.openai.double.written import as_a_name, written

RULES = knowledge("desk")
SAY = RULES["say"]
_MOST_ERRANDS = 3

Brief = dict[str, Any]


def of(wishes: list[Wish], brief: Brief) -> str:
    """Return the essence of what is wanted, to follow a "So"."""
    return ", and ".join(_essence(wish, brief) for wish in wishes)


def gaps(wish: Wish, brief: Brief) -> list[str]:
    """Return the questions that are left before a new errand can be begun."""
    if wish["kind"] != "new_errand":
        return []
    request = _request(wish, brief)
    kind, _ = requests.purpose(request)
    lines = [
        f"{fact.get('subject')}: {fact.get('value')}"
        for fact in brief.get("facts") or []
        if words(owner(str(fact.get("subject")))) & names(request)
    ]
    known = "\n".join([request, *lines])
    return _whom(request, brief) + [
        gap["ask"]
        for gap in RULES["gaps"]
        if kind["name"] in gap["kinds"]
        and matched([gap.get("if", "")], request)
        and not matched([gap["unless"]], known)
    ]


def standing(wish: Wish, errands: list[dict[str, Any]]) -> str:
    """Return how the errands stand that a user asks about: all of them where none is named."""
    if not errands:
        return str(SAY["nothing_open"])
    asked = words(wish["text"]) - set(knowledge("understanding")["common"])
    named = [errand for errand in errands if asked & words(str(errand.get("title")))]
    return " ".join(_stands(errand) for errand in (named or errands)[-_MOST_ERRANDS:])


def needed(errands: list[dict[str, Any]]) -> str:
    """Return what Floyd has to know for some errands; empty where nothing is missing."""
    questions = " ".join(text for errand in errands for text in errand.get("questions") or [])
    return SAY["needed"].format(questions=questions) if questions else ""


def _stands(errand: dict[str, Any]) -> str:
    """Return how an errand stands, by its name, and what it waits for."""
    title = str(errand.get("title")).rstrip(". ")
    how = replaced([(RULES["numbering"], "")], str(errand.get("standing") or "").rstrip())
    told = how if how.startswith(title) else SAY["standing"].format(title=title, standing=how)
    told = told if told.endswith((".", "?", "!")) else f"{told}."
    asked = [text for text in errand.get("questions") or [] if text not in told]
    return f"{told} {needed([{'questions': asked}])}".strip()


def _request(wish: Wish, brief: Brief) -> str:
    known = owners(brief.get("facts") or []) | words(name_of(brief.get("user")))
    return written(wish["text"], known)


def _whom(request: str, brief: Brief) -> list[str]:
    place = requests.place(request)
    found = requests.fitting(place or request, brief.get("contacts") or [])
    if len(found) > 1:
        places = " or ".join(str(contact["name"]) for contact in found)
        return [SAY["which"].format(places=places)]
    return [] if found or place or requests.trade(request) else [SAY["whom"]]


def _callee(request: str, brief: Brief) -> str:
    """Return whom Floyd would call, as the user would know them."""
    place = requests.place(request)
    found = requests.fitting(place or request, brief.get("contacts") or [])
    if len(found) == 1:
        return str(found[0]["name"])
    return _to_them(as_a_name(place)) or str(RULES["essence"]["nobody"])


def _essence(wish: Wish, brief: Brief) -> str:
    if wish["kind"] == "new_errand":
        return _errand(_request(wish, brief), brief)
    errands = brief.get("open_errands") or []
    title = str(errands[wish["errand_id"]].get("title")) if wish["errand_id"] is not None else ""
    said = replaced([(RULES["news"]["left_out"], "")], wish["text"])
    what = _to_them(written(said)).rstrip(" .!")
    template = str(RULES["news"].get(wish["kind"]) or RULES["essence"]["other"])
    return template.format(what=what, title=title or what)


def _errand(request: str, brief: Brief) -> str:
    rules = RULES["essence"]
    kind, what = requests.purpose(request)
    usd = requests.budget(request)
    limit = "" if usd is None else rules["limit"].format(limit=f"{usd:g}")
    template = str(rules[kind["name"]])
    callee = _callee(request, brief)
    return capitalised(template.format(what=_to_them(what), callee=callee, limit=limit))


def _to_them(text: str) -> str:
    return replaced([(rule["pattern"], rule["say"]) for rule in RULES["perspective"]], text)
