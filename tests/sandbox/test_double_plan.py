"""How the double plans a phone call."""

import json
from typing import Any

import pytest

from floyd.prompts.schemas import Plan
from floyd.sandbox.openai.double.plan import plan
from tests.sandbox.chat_world import FACTS, REQUEST, numbered, task

SCHOOL = {"id": 1, "name": "Maple School", "phone": "+15195550100", "about": ""}
DENTIST = {"id": 2, "name": "Dr. Lee", "phone": "+15195550101", "about": "Mara's dentist"}


def planned(request: str, **material: Any) -> Plan:
    known = {
        "now": "Sunday, 2026-11-22 08:00 (America/Toronto)",
        "user": "Ada Berg",
        "request": request,
        "answers": [],
        "facts": numbered(FACTS),
        "contacts": [SCHOOL, DENTIST],
        "earlier_texts": [],
    }
    answer = plan(task("plan", **(known | material)))
    return Plan.model_validate_json(json.dumps(answer))


def test_message_for_a_contact() -> None:
    made = planned(REQUEST)
    assert made.callee.name == "Maple School"
    assert (made.callee.contact_id, made.callee.phone) == (1, None)
    assert made.opening_line == (
        "I'm calling to let you know that Mara is going to be home sick today."
    )
    assert made.goal == (
        "Maple School knows that Mara is going to be home sick on Sunday, November 22."
    )
    assert made.title == "Mara home sick today"
    assert made.questions == []
    assert made.voicemail_message is not None
    assert "Mara is going to be home sick today" in made.voicemail_message


@pytest.mark.parametrize(
    ("request_", "opening"),
    [
        (
            "Hi! Leo is sick today, can you let the school know?",
            "I'm calling to let you know that Leo is sick today.",
        ),
        (
            "Could you phone the school? Theo won't be in today, he's sick.",
            "I'm calling to let you know that Theo won't be in today, he's sick.",
        ),
        (
            "Please call Maple School and tell them Leo is sick and staying home today",
            "I'm calling to let you know that Leo is sick and staying home today.",
        ),
        (
            "Call the dentist and tell them I'm running late",
            "I'm calling to let you know that Ada Berg is running late.",
        ),
        (
            "Call the school and ask when my daughter's class ends",
            "I'm calling to ask when Ada Berg's daughter's class ends.",
        ),
        (
            "Book me in for an oil change at Brock Road Garage next week",
            "I'd like to book an oil change at Brock Road Garage next week.",
        ),
        ("Can you order Krista some flowers?", "I'd like to order some flowers for Krista."),
    ],
)
def test_opening_line_says_the_purpose_in_floyds_words(request_: str, opening: str) -> None:
    assert planned(request_).opening_line == opening


def test_number_is_copied_as_it_was_written() -> None:
    made = planned("Call (519) 824-4120 and ask when they open")
    assert (made.callee.contact_id, made.callee.phone) == (None, "(519) 824-4120")
    assert planned("Call 911").callee.phone == "911"


def test_place_is_looked_up_until_its_number_is_told() -> None:
    made = planned("Book me in for an oil change at Brock Road Garage next week")
    assert (made.callee.search, made.questions) == ("Brock Road Garage", [])
    answers = [{"question": "Which number?", "answer": "It's 519-824-4120"}]
    told = planned("Book me in for an oil change at Brock Road Garage next week", answers=answers)
    assert told.questions == []
    assert (told.callee.name, told.callee.phone) == ("Brock Road Garage", "519-824-4120")
    assert told.callee.search is None


def test_who_has_what_is_wanted_is_looked_up_by_trade() -> None:
    assert planned("Can you order Krista some flowers?").callee.search == "florist"


def test_place_that_nothing_is_known_of_is_asked_for() -> None:
    made = planned("Ask whether they are open")
    assert made.callee.search is None
    assert made.questions == ["What number should I call for this?"]


def test_answers_become_steps_and_what_lasts_is_learned() -> None:
    answers = [
        {"question": question, "answer": "up to $80, roses are fine, 12 Suffolk St, Guelph"}
        for question in ("How much may it cost?", "What is the address for the delivery?")
    ]
    made = planned("Can you order Krista some flowers?", answers=answers, calls=[{}])
    assert made.limits.budget_usd == 80.0
    assert made.opening_line == "I'm calling again: I'd like to order some flowers for Krista."
    assert made.steps[-2:] == [
        "Have it sent to the address 12 Suffolk St, Guelph.",
        "Roses are fine.",
    ]
    [fact] = made.learned
    assert (fact.subject, fact.value) == ("Krista's address", "12 Suffolk St, Guelph")


def test_two_contacts_that_fit_alike_are_asked_about() -> None:
    other = {"id": 3, "name": "Oak Street School", "phone": "+15195550102", "about": ""}
    made = planned("Call the school and ask when they open", contacts=[SCHOOL, other])
    assert made.callee.contact_id is None
    assert made.questions == ["Which one should I call: Maple School or Oak Street School?"]


def test_only_facts_that_the_errand_needs_are_chosen() -> None:
    facts = FACTS | {
        "Leo's class": "1A",
        "Mara's locker": "left of the gym",
        "Mara's health card number": "1234",
        "wifi password": "hunter2",
        "name of the bank": "First Bank",
        "mobile phone": "+15195550103",
    }
    made = planned(REQUEST, facts=numbered(facts))
    chosen = [list(facts)[id_ - 1] for id_ in made.fact_ids]
    assert chosen == [*FACTS, "mobile phone"]


@pytest.mark.parametrize(
    ("request_", "budget"),
    [
        ("Order flowers for up to $80", 80.0),
        ("Order flowers, at most 1,200 dollars", 1200.0),
        ("Order flowers under 45.50", 45.5),
        ("Order flowers for 6 pm", None),
    ],
)
def test_budget_is_what_the_user_stated(request_: str, budget: float | None) -> None:
    assert planned(request_).limits.budget_usd == budget


def test_budget_may_come_with_an_answer() -> None:
    answers = [{"question": "How much?", "answer": "up to $80, roses are fine"}]
    assert planned("Order flowers", answers=answers).limits.budget_usd == 80.0


@pytest.mark.parametrize("request_", ["", "\0", "x" * 10_000, "\U0001f600", "{what} {user}"])
def test_any_request_gets_a_plan_that_fits(request_: str) -> None:
    assert planned(request_).opening_line
