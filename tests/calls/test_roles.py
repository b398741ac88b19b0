"""What a call is told by its role: the errand's snapshot, what its user may hear, or nothing."""

import json
from typing import Any

import pytest

from floyd.calls import brief, phrases, prompt, returning, roles
from floyd.calls.brief import CallBrief
from floyd.calls.vocabulary import Turn
from floyd.errands import desk
from floyd.store.models import Call, Contact, Errand, Fact, Question, User, Utterance

SCHOOL = "+15195550188"
NOW = 1_763_500_000.0
PLAN = {
    "title": "Mara sick today",
    "callee": {"name": "Maple School"},
    "opening_line": "Mara is sick today.",
    "voicemail_message": "Mara is sick.",
}


def errand_of(user: User, state: str = "waiting_for_user") -> Errand:
    """An errand for which Floyd phoned the school an hour ago."""
    snapshot = {"user": user.name, "facts": [], "answers": [], "request": "Call the school"}
    errand: Errand = Errand.create(
        user=user, request="Call", state=state, plan=PLAN, snapshot=snapshot, created_at=0.0
    )
    call_of("errand", errand=errand, user=user, state="completed", created_at=NOW - 3600)
    return errand


def call_of(role: str, **columns: Any) -> Call:
    number = Call.select().count()
    fields: dict[str, Any] = {
        "attempt": f"{number:032}",
        "phone": SCHOOL,
        "dialled": SCHOOL,
        "sid": f"CA{number}",
        "state": "in-progress",
        "role": role,
        "created_at": NOW,
    }
    call: Call = Call.create(**(fields | columns))
    return call


def loaded(call: Call) -> CallBrief:
    return brief.load(call.attempt, NOW, desk.material)


def told(call: Call) -> str:
    """All that the model and the line would get of a call's brief."""
    one = loaded(call)
    return json.dumps([prompt.beginning(one), one.role.first_line, one.role.likely_words])


def tools_of(call: Call) -> list[str]:
    return [tool.name for tool in loaded(call).role.tools]


@pytest.fixture
def known(user: User) -> User:
    """A user about whom something is known."""
    Fact.create(user=user, subject="address", value="12 Suffolk St", source="text", created_at=0.0)
    Contact.create(user=user, name="Maple School", phone=SCHOOL, source="operator", created_at=0.0)
    errand = errand_of(user)
    Question.create(errand=errand, text="Which class?", asked_at=0.0)
    return user


def test_a_user_who_calls_is_known_at_the_desk(known: User) -> None:
    call = call_of("desk", user=known, phone=known.phone, attested=True)
    material = loaded(call).role.material
    assert material["user"] == known.name
    assert material["open_errands"][0]["title"] == "Mara sick today"
    assert material["open_errands"][0]["questions"] == ["Which class?"]
    assert material["facts"] == [{"subject": "address", "value": "12 Suffolk St"}]
    assert material["contacts"] == [{"name": "Maple School"}]
    assert tools_of(call) == ["end_call"]


def test_whoever_calls_unattested_from_a_users_number_is_told_nothing(known: User) -> None:
    call = call_of("desk", user=known, phone=known.phone, attested=False)
    assert set(loaded(call).role.material) == {"attested", "now"}
    for private in (known.name, "Suffolk", "Maple", "Mara"):
        assert private not in told(call)
    assert loaded(call).role.introduction == phrases.DESK_GREETING


def test_a_callee_who_calls_back_meets_the_errands_plan_and_snapshot(user: User) -> None:
    errand = errand_of(user)
    Call.update(answered_at=1.0, reported_at=2.0, report={"outcome": "needs_user"}).execute()
    call = call_of("return", errand=errand, user=user, attested=True, awaited=True)
    role = loaded(call).role
    assert role.first_line == f"I called you for {user.name}."
    assert role.material["plan"] == PLAN
    assert [earlier["outcome"] for earlier in role.material["earlier_calls"]] == ["needs_user"]
    assert tools_of(call) == ["finish", "call_back_later"]
    assert role.voicemail_message is None


def test_an_errand_that_does_not_wait_for_the_call_is_only_listened_for(user: User) -> None:
    call = call_of(
        "return", errand=errand_of(user, "done"), user=user, attested=True, awaited=False
    )
    assert loaded(call).role.material["only_listen"] is True


def test_an_unattested_return_knows_nothing_and_takes_a_message(user: User) -> None:
    call = call_of("return", errand=errand_of(user), user=user, attested=False)
    assert loaded(call).role.material == {"attested": False}
    assert loaded(call).role.first_line == phrases.TAKE_A_MESSAGE
    assert user.name not in told(call)
    assert tools_of(call) == ["end_call"]


@pytest.fixture
def other(user: User) -> User:
    return User.create(phone="+15195550124", name="Ben Roth", zone="UTC", created_at=0.0)


def test_of_several_errands_only_their_users_and_times_are_told(user: User, other: User) -> None:
    errands = [errand_of(user), errand_of(other)]
    call = call_of("return", attested=True)
    role = loaded(call).role
    assert role.first_line == phrases.WHOSE_CALL
    assert {one["errand"] for one in role.material["candidates"]} == {one.id for one in errands}
    assert {one["user"] for one in role.material["candidates"]} == {"Ada Berg", "Ben Roth"}
    assert role.material["candidates"][0]["called"] == "Tuesday, November 18, 15:06"
    assert "Mara" not in told(call)
    assert tools_of(call) == ["take_up", "end_call"]
    assert role.candidates == {errand.id for errand in errands}


def test_of_several_errands_the_unattested_are_told_nothing(user: User, other: User) -> None:
    errand_of(user)
    errand_of(other)
    call = call_of("return", attested=False)
    assert loaded(call).role.material == {"attested": False}


def test_a_call_that_was_taken_up_has_the_errands_role(user: User, other: User) -> None:
    errand = errand_of(user)
    errand_of(other)
    call = call_of("return", attested=True, awaited=False)
    assert returning.take_up(call.id, errand.id, NOW)
    role = roles.of(Call.get_by_id(call.id), NOW)
    assert role.material["plan"] == PLAN
    assert "only_listen" not in role.material


def test_what_a_desk_caller_says_is_quoted_as_the_users() -> None:
    turns = [Turn("floyd", "Hi."), Turn("callee", "Call the school.")]
    messages = prompt.messages([], turns, "user")
    assert json.loads(messages[1]["content"]) == {"user_said": "Call the school."}


def test_a_desk_call_whose_greeting_nobody_heard_greets_when_it_is_back(known: User) -> None:
    call = call_of("desk", user=known, attested=True, token_used=2)
    assert loaded(call).answered
    assert not loaded(call).disclosed
    Utterance.create(
        call=call, position=0, speaker="callee", text="Hi.", started_s=0.0, ended_s=1.0
    )
    assert loaded(call).disclosed
