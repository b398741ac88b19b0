"""The double's planning: material of the task `Plan` in, an action plan out."""

import re
from datetime import date, timedelta
from typing import Any

from floyd.sandbox.openai.double.reading import (
    capitalised,
    every,
    knowledge,
    matched,
    material,
    name_of,
    names,
    person_in,
    replaced,
    words,
)


def plan(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how the errand of the material will be carried out, as a `Plan`."""
    given = material(messages, "request")
    request = str(given.get("request") or "").replace("\0", " ").strip()
    request = replaced([(knowledge("plan")["greeting"], "")], request)
    answers = _answers(given.get("answers"))
    said = "\n".join([request, *answers])
    callee, questions = _callee(request, said, given.get("contacts") or [])
    told = _told(answers, _person(request, given, callee["name"]))
    kind, what = _purpose(request, name_of(given.get("user")))
    dated = _dated(what, str(given.get("now") or ""))
    callee_name = capitalised(callee["name"])
    opening = kind["opening"].format(what=what, user=name_of(given.get("user")))
    voicemail = knowledge("plan")["voicemail"].format(opening=opening)
    if given.get("calls"):
        opening = knowledge("plan")["again"].format(opening=opening)
    return {
        "goal": capitalised(kind["goal"].format(what=dated, callee=callee_name)),
        "title": _title(what),
        "callee": callee,
        "opening_line": opening,
        "steps": [step.format(what=what) for step in kind["steps"]] + [step for step, _ in told],
        "fact_ids": _fact_ids(given, request, kind),
        "questions": questions,
        "limits": _limits(said),
        "voicemail_message": voicemail if kind["voicemail"] else None,
        "learned": [fact for _, fact in told if fact],
    }


def _answers(answers: Any) -> list[str]:
    """Return the texts of the answers, whether they come alone or with their questions."""
    if isinstance(answers, dict):
        return [str(answer) for answer in answers.values()]
    texts = [item.get("answer") if isinstance(item, dict) else item for item in answers or []]
    return [str(text) for text in texts if text]


def _told(answers: list[str], person: str) -> list[tuple[str, dict[str, str] | None]]:
    """Return what the answers add to a plan: a step, and a fact where it is worth knowing later."""
    found = [
        (rule, match["value"])
        for rule in knowledge("plan")["told"]
        for match in every([rule["pattern"]], "\n".join(dict.fromkeys(answers)))
    ]
    return [
        (
            capitalised(rule["step"].format(value=value)),
            {"subject": rule["subject"].format(person=person), "value": value}
            if "subject" in rule
            else None,
        )
        for rule, value in found
    ]


def _person(request: str, given: dict[str, Any], callee: str) -> str:
    """Return whom the errand is about."""
    known = names(" ".join(str(fact.get("subject")) for fact in given.get("facts") or []))
    user = name_of(given.get("user"))
    return person_in(request, known, words(callee) - known) or user or "the user"


def _callee(
    request: str, said: str, contacts: list[dict[str, Any]]
) -> tuple[dict[str, Any], list[str]]:
    """Return whom to phone, and the question to ask first when nobody has told."""
    rules = knowledge("plan")
    place = _place(request)
    phone = matched(rules["phones"], said)
    found = _fitting(place or request, contacts)
    if phone:
        return {
            "name": place or phone["phone"],
            "contact_id": None,
            "phone": phone["phone"],
            "search": None,
        }, []
    if len(found) == 1:
        return {
            "name": found[0]["name"],
            "contact_id": found[0]["id"],
            "phone": None,
            "search": None,
        }, []
    search = place or _trade(request)
    name = place or (f"the {search}" if search else "this")
    nobody = {"name": name, "contact_id": None, "phone": None, "search": search}
    if found:
        places = " or ".join(str(contact["name"]) for contact in found)
        return nobody | {"search": None}, [rules["question_for_which"].format(places=places)]
    return nobody, [] if search else [rules["question_for_number"].format(place=name)]


def _place(request: str) -> str:
    found = matched(knowledge("plan")["places"], request)
    return found["place"].strip() if found else ""


def _trade(request: str) -> str | None:
    """Return the kind of place that has what is wanted."""
    trades = knowledge("plan")["trades"].items()
    return next((trade for trade, pattern in trades if matched([pattern], request)), None)


def _fitting(place: str, contacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the contacts that share most words with the place; several only in a tie."""
    wanted = words(place) - set(knowledge("plan")["common"])
    scores = [
        len(wanted & words(f"{contact.get('name')} {contact.get('about')}")) for contact in contacts
    ]
    best = max(scores, default=0)
    scored = zip(contacts, scores, strict=True)
    return [contact for contact, score in scored if score == best] if best else []


def _purpose(request: str, user: str) -> tuple[dict[str, Any], str]:
    """Return the kind of the errand and what it is about, in Floyd's words."""
    for kind in knowledge("plan")["kinds"]:
        found = matched(kind["patterns"], request)
        if found:
            what = found["what"].replace("\n", " ").strip().rstrip(".!? ")
            if found.groupdict().get("whom"):
                what = f"{what} for {found['whom']}"
            return kind, _in_floyds_words(what, user)
    return knowledge("plan")["kinds"][-1], "it"


def _in_floyds_words(what: str, user: str) -> str:
    perspective = knowledge("plan")["perspective"]
    pairs = [(rule["pattern"], rule["say"].format(user=user or "the user")) for rule in perspective]
    return replaced(((pattern, say.replace("\\", "")) for pattern, say in pairs), what)


def _dated(what: str, now: str) -> str:
    """Replace words like "today" by the date, when the material says what day it is."""
    found = re.search(r"\d{4}-\d\d-\d\d", now)
    if not found:
        return what
    today = date.fromisoformat(found[0])
    dates = {
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "next_monday": today + timedelta(days=7 - today.weekday()),
    }
    spoken = {name: f"{day:%A, %B} {day.day}" for name, day in dates.items()}
    days = knowledge("plan")["days"].values()
    return replaced(((pattern, say.format(**spoken)) for pattern, say in days), what)


def _title(what: str) -> str:
    rules = knowledge("plan")["title"]
    kept = replaced([(rules["left_out"], "")], what).split()[: rules["most_words"]]
    return capitalised(" ".join(kept if len(kept) >= 3 else ["call", "about", *kept]))


def _fact_ids(given: dict[str, Any], request: str, kind: dict[str, Any]) -> list[int]:
    """Choose the facts that the errand needs: about whom it names, or of the kinds that it needs.

    Facts about other people and private ones stay out.
    """
    facts = given.get("facts") or []
    named = names(request)
    owners = {name for fact in facts for name in names(_owner(str(fact.get("subject"))))}
    strangers = owners - named - words(name_of(given.get("user")))
    return [fact["id"] for fact in facts if _needed(fact, kind, named, strangers)]


def _owner(subject: str) -> str:
    """Return whom a fact belongs to: what stands before a possessive, if anything."""
    found = re.match(r"(.+?)['\u2019]s\b", subject)
    return found[1] if found else ""


def _needed(
    fact: dict[str, Any], kind: dict[str, Any], named: set[str], strangers: set[str]
) -> bool:
    subject = str(fact.get("subject"))
    about = words(subject)
    private = matched([knowledge("plan")["private"]], f"{subject} {fact.get('value')}")
    if private or about & strangers:
        return False
    return about <= named or matched([kind["facts"]], subject) is not None


def _limits(said: str) -> dict[str, Any]:
    rules = knowledge("plan")["limits"]
    budget = matched(rules["budget"], said)
    usd = float(budget["usd"].replace(",", "")) if budget else None
    return {"budget_usd": usd, "other": [found[0] for found in every(rules["other"], said)]}
