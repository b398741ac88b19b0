from typing import Any

import pytest

from floyd.errands.learning import was_said
from floyd.store.models import Fact
from tests.errands.desk import Desk, ScriptedThinker
from tests.errands.test_planning import plan
from tests.errands.test_understanding import says, waiting_errand, wish

ANSWER = "up to $80, roses are fine, 12 Suffolk St, Guelph"


@pytest.mark.parametrize(
    ("value", "text", "said"),
    [
        ("12 Suffolk St, Guelph", ANSWER, True),
        ("Roses are fine", ANSWER, True),
        ("12 Suffolk St Toronto", ANSWER, False),
        ("13 Suffolk St", ANSWER, False),
        ("", ANSWER, False),
        ("roses", "No roses please", False),
        ("no roses", "No roses please", True),
        ("like roses", "We don't like roses.", False),
        ("vegetarian", "Am I vegetarian?", False),
    ],
)
def test_a_value_is_learned_only_where_the_user_said_it(value: str, text: str, said: bool) -> None:
    assert was_said(value, text) is said


def learned(desk: Desk, thinker: ScriptedThinker, *facts: dict[str, Any]) -> list[Fact]:
    """What an answer teaches when the model says that it teaches these facts."""
    before = Fact.select().count()
    errand = waiting_errand(desk, "Where to?")
    thinker.answers = [
        says(wish("answer", ANSWER, errand.id)),
        plan(learned=[{"until": None, **fact} for fact in facts], questions=["When?"]),
    ]
    desk.text(ANSWER)
    return list(Fact.select().order_by(Fact.id))[before:]


def test_an_answer_teaches_what_it_says_with_its_source(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    address = {"subject": "Anna's address", "value": "12 Suffolk St,  Guelph"}
    guess = {"subject": "Anna's taste", "value": "peonies are fine"}
    [fact] = learned(scripted_desk, thinker, address, guess)

    assert (fact.subject, fact.value) == ("Anna's address", "12 Suffolk St, Guelph")
    assert fact.source.startswith("text:")


def test_what_is_learned_takes_the_place_of_what_was_known(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    Fact.create(
        user=scripted_desk.user,
        subject="Anna's address",
        value="1 Old Rd",
        source="operator",
        created_at=0.0,
    )
    learned(scripted_desk, thinker, {"subject": "Anna's address", "value": "12 Suffolk St, Guelph"})

    current = Fact.select().where((Fact.subject == "Anna's address") & Fact.superseded_at.is_null())
    assert [fact.value for fact in current] == ["12 Suffolk St, Guelph"]


def test_what_a_callee_said_teaches_nothing_about_the_user(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    bank = {"subject": "Anna's bank", "value": "at Main Street"}
    assert learned(scripted_desk, thinker, bank) == []
