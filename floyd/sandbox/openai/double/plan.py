"""The double's planning: material of the task `Plan` in, an action plan out."""

import re
from datetime import date, timedelta
from typing import Any

from floyd.sandbox.openai.double import requests
from floyd.sandbox.openai.double.reading import (
    capitalised,
    every,
    knowledge,
    matched,
    material,
    name_of,
    names,
    owners,
    person_in,
    replaced,
    words,
)
from floyd.sandbox.openai.double.spoken import corrected
from floyd.sandbox.openai.double.written import as_a_name, written


def plan(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return how the errand of the material will be carried out, as a `Plan`."""
    given = material(messages, "request")
    request, answers = _said(given)
    said = "\n".join([request, *answers])
    callee, questions = _callee(request, said, given.get("contacts") or [])
    told = _told([request, *answers], _person(request, given, callee["name"]))
    kind, said_of_it = requests.purpose(request)
    what = _in_floyds_words(said_of_it, name_of(given.get("user")))
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
        "learned": [fact for _, fact in told if fact and fact["value"] in "\n".join(answers)],
    }


def _said(given: dict[str, Any]) -> tuple[str, list[str]]:
    """Return request and answers as one would write them, with what the user corrected since."""
    request = str(given.get("request") or "").replace("\0", " ").strip()
    said = [replaced([(knowledge("plan")["greeting"], "")], request)]
    for question, answer in _answers(given.get("answers")):
        anew = [corrected(text, answer) for text in said]
        if question == knowledge("plan")["changed"] and any(anew):
            said = [new or old for new, old in zip(anew, said, strict=True)]
        else:
            said.append(answer)
    known = owners(given.get("facts") or []) | words(name_of(given.get("user")))
    request, *answers = [written(text, known) for text in said]
    return request, answers


def _answers(answers: Any) -> list[tuple[str, str]]:
    """Return questions and answers, which may come without their questions."""
    if isinstance(answers, dict):
        return [(str(question), str(answer)) for question, answer in answers.items()]
    items = [item if isinstance(item, dict) else {"answer": item} for item in answers or []]
    return [(str(item.get("question")), str(item["answer"])) for item in items if item["answer"]]


def _told(said: list[str], person: str) -> list[tuple[str, dict[str, Any] | None]]:
    """Return what was said beside the purpose: a step, and a fact where it is worth knowing."""
    found = [
        (rule, match["value"])
        for rule in knowledge("plan")["told"]
        for match in every([rule["pattern"]], "\n".join(dict.fromkeys(said)))
    ]
    return [
        (
            capitalised(rule["step"].format(value=value)),
            {"subject": rule["subject"].format(person=person), "value": value, "until": None}
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
    place = as_a_name(requests.place(request))
    phone = matched(rules["phones"], said)
    found = requests.fitting(place or request, contacts)
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
    search = place or requests.trade(request)
    name = place or (f"the {search}" if search else "this")
    nobody = {"name": name, "contact_id": None, "phone": None, "search": search}
    if found:
        places = " or ".join(str(contact["name"]) for contact in found)
        return nobody | {"search": None}, [rules["question_for_which"].format(places=places)]
    return nobody, [] if search else [rules["question_for_number"].format(place=name)]


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
    strangers = owners(facts) - named - words(name_of(given.get("user")))
    return [fact["id"] for fact in facts if _needed(fact, kind, named, strangers)]


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
    other = [found[0] for found in every(rules["other"], said)]
    return {"budget_usd": requests.budget(said), "other": other}
