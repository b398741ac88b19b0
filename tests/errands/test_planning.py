from dataclasses import dataclass, replace
from typing import Any

import pytest

from floyd.errands.lifecycle import PLANNING_LEASE_S, State, move
from floyd.errands.progress import advance
from floyd.errors import ModelError
from floyd.prompts.schemas import Plan
from floyd.store.database import writing
from floyd.store.models import Contact, Errand, Fact, OutboundText, Question
from tests.errands.desk import REQUEST, Desk, Model, ScriptedThinker


def plan(**changes: Any) -> Plan:
    values: dict[str, Any] = {
        "goal": "The school knows that Mara is home sick.",
        "title": "Mara sick today",
        "callee": {"name": "Maple School", "contact_id": 1, "phone": None, "search": None},
        "opening_line": "I'm calling to let you know that Mara is home sick today.",
        "steps": ["Tell them"],
        "fact_ids": [],
        "questions": [],
        "limits": {"budget_usd": None, "other": []},
        "voicemail_message": None,
        "learned": [],
    }
    return Plan.model_validate(values | changes)


def callee(
    phone: str | None = None, contact_id: int | None = None, search: str | None = None
) -> dict[str, Any]:
    return {"name": "the garage", "contact_id": contact_id, "phone": phone, "search": search}


def new_errand(desk: Desk, request: str = REQUEST) -> Errand:
    desk.receive(request)
    return Errand.create(
        user=desk.user, request=request, state="new", created_at=desk.clock.now(), due_at=0.0
    )


def planned(desk: Desk, thinker: ScriptedThinker, *answers: Any, request: str = REQUEST) -> Errand:
    errand = new_errand(desk, request)
    thinker.answers += answers
    advance(desk.services, errand.id)
    return Errand.get_by_id(errand.id)


def test_a_plan_names_the_contact_and_keeps_only_the_facts_it_needs(desk: Desk) -> None:
    desk.text(REQUEST)

    snapshot = desk.errand.snapshot
    assert snapshot["user"] == "Anna Berg"
    assert snapshot["request"] == REQUEST
    assert {fact["subject"] for fact in snapshot["facts"]} == {"Mara's full name", "Mara's class"}
    assert "4111" not in str(snapshot) + str(desk.errand.plan)


def test_a_snapshot_holds_no_fact_of_another_user(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    stranger = type(scripted_desk.user).create(
        phone="+14165550177", name="Eve", zone="UTC", created_at=0.0
    )
    theirs = Fact.create(user=stranger, subject="Eve", value="secret", source="x", created_at=0.0)
    errand = planned(scripted_desk, thinker, plan(fact_ids=[theirs.id, 1]))

    assert [fact["id"] for fact in errand.snapshot["facts"]] == [1]


def test_what_must_be_known_is_asked_in_one_text(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = planned(scripted_desk, thinker, plan(questions=["Which class?", "Until when?"]))

    assert errand.state == "waiting_for_user"
    assert [question.text for question in Question.select()] == ["Which class?", "Until when?"]
    assert scripted_desk.replies == ["Before I call Maple School: 1) Which class? 2) Until when?"]
    assert scripted_desk.dialled == []


@pytest.mark.parametrize(
    "wrong",
    [
        callee(),
        callee(phone="+1 519 555 0189"),
        callee(phone="not a number"),
        callee(contact_id=999),
    ],
)
def test_a_number_that_nobody_gave_is_asked_for(
    scripted_desk: Desk, thinker: ScriptedThinker, wrong: dict[str, Any]
) -> None:
    errand = planned(
        scripted_desk, thinker, plan(callee=wrong), request="Call the garage at 519-555-0188"
    )

    assert errand.state == "waiting_for_user"
    assert "What number should I call for the garage?" in scripted_desk.replies[0]
    assert scripted_desk.dialled == []


def test_another_users_contact_is_not_called(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    stranger = type(scripted_desk.user).create(
        phone="+14165550177", name="Eve", zone="UTC", created_at=0.0
    )
    theirs = Contact.create(
        user=stranger, name="x", phone="+15195550101", source="x", created_at=0.0
    )
    errand = planned(scripted_desk, thinker, plan(callee=callee(contact_id=theirs.id)))

    assert errand.state == "waiting_for_user"


def test_a_number_that_the_user_wrote_is_called(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = planned(
        scripted_desk,
        thinker,
        plan(callee=callee(phone="519-555-0188")),
        request="Call the garage at (519) 555-0188",
    )

    assert errand.phone == "+15195550188"
    assert scripted_desk.dialled == ["+15195550188"]


@pytest.mark.parametrize(("number", "reason"), [("911", "emergency"), ("900-555-0188", "premium")])
def test_a_number_that_must_not_be_called_fails_with_the_reason(
    scripted_desk: Desk, thinker: ScriptedThinker, number: str, reason: str
) -> None:
    errand = planned(
        scripted_desk, thinker, plan(callee=callee(phone=number)), request=f"Ring {number}"
    )

    assert (errand.state, errand.outcome) == ("failed", "failed")
    assert reason in scripted_desk.replies[0]
    assert scripted_desk.dialled == []


def test_a_model_that_fails_is_asked_again_then_the_user_is_told(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = planned(scripted_desk, thinker, *[ModelError("late") for _ in range(10)])
    assert errand.state == "planning"
    assert scripted_desk.replies == []

    for _ in range(8):
        scripted_desk.clock.move(20)
        scripted_desk.take_up_errands()

    assert Errand.get_by_id(errand.id).state == "failed"
    [reply] = scripted_desk.replies
    assert "couldn't work out" in reply
    assert len(thinker.materials) == 7


def test_a_worker_that_died_while_planning_is_followed_by_another(desk: Desk) -> None:
    errand = new_errand(desk)
    Errand.update(state="planning", due_at=desk.clock.now() + 45).execute()

    advance(desk.services, errand.id)
    assert Errand.get_by_id(errand.id).state == "planning"

    desk.clock.move(45)
    advance(desk.services, errand.id)
    advance(desk.services, errand.id)
    assert desk.replies == ["Calling Maple School now."]
    assert len(desk.dialled) == 1


def test_an_errand_that_never_gets_planned_is_given_up(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = new_errand(scripted_desk)
    Errand.update(state="planning", due_at=0.0).execute()
    scripted_desk.clock.move(1801)
    advance(scripted_desk.services, errand.id)

    assert Errand.get_by_id(errand.id).state == "failed"
    assert "couldn't work out" in scripted_desk.replies[0]
    assert thinker.materials == []


def test_questions_are_texted_once_whoever_plans(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = planned(scripted_desk, thinker, plan(questions=["Which class?"]))
    advance(scripted_desk.services, errand.id)

    assert OutboundText.select().count() == 1


def test_an_answer_leads_to_the_call(desk: Desk, model: Model) -> None:
    Contact.delete().execute()
    desk.text("Call the garage and tell them I'll be late")
    assert desk.errand.state == "waiting_for_user"

    desk.text("It's 519-555-0188")

    assert desk.errand.state == "calling"
    assert desk.errand.phone == "+15195550188"
    assert desk.dialled == ["+15195550188"]


@pytest.mark.parametrize(
    "said", ["Pay with 4111-1111-1111-1111", "Ask for Mara Berg, Anna's daughter"]
)
def test_a_plan_that_tells_more_than_its_snapshot_never_enters_a_call(
    scripted_desk: Desk, thinker: ScriptedThinker, said: str
) -> None:
    errand = planned(scripted_desk, thinker, plan(steps=[said]))
    assert (errand.state, errand.plan) == ("planning", None)

    thinker.answers = [plan()]
    scripted_desk.clock.move(20)
    scripted_desk.take_up_errands()
    assert Errand.get_by_id(errand.id).state == "calling"


def test_what_the_user_said_for_the_errand_may_be_told(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    request = "Call the school: our card is 4111 1111 1111 1111."
    told = plan(steps=["The card is 4111 1111 1111 1111"])
    assert planned(scripted_desk, thinker, told, request=request).state == "calling"


def test_a_plan_that_knows_nothing_of_a_later_answer_is_thrown_away(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    @dataclass
    class Slow:
        """Answers when another process has asked the user and been answered."""

        def think(self, *_: Any) -> Any:
            thinker.answers = [plan(questions=["Which class?"])]
            scripted_desk.clock.move(PLANNING_LEASE_S)
            advance(scripted_desk.services, errand.id)
            with writing() as writes:
                move(
                    writes,
                    errand.id,
                    State.WAITING_FOR_USER,
                    State.PLANNING,
                    "answered",
                    scripted_desk.clock.now(),
                )
            return plan(questions=["Which class?"])

    errand = new_errand(scripted_desk)
    advance(replace(scripted_desk.services, thinker=Slow()), errand.id)

    assert Errand.get_by_id(errand.id).state == "planning"
    assert scripted_desk.replies == ["Before I call Maple School: Which class?"]
