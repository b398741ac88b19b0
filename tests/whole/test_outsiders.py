"""Others at Floyd's own phone, over all the wires: strangers, callees of two users, assistants."""

from dataclasses import replace
from itertools import groupby

import pytest

from floyd.demo.world import introduce
from floyd.sandbox.client import ATTESTED, PhoneCall
from floyd.sandbox.scenario import Scenario
from floyd.store.models import Call, Errand, User
from tests.whole.conftest import Town

STRANGER = "+14165550167"


def test_a_stranger_who_calls_on_and_on_is_not_even_answered(town: Town) -> None:
    for _ in range(3):
        town.sandbox.call_over(town.sandbox.call_floyd(STRANGER, "silent"))
    spoken = [bool(call.transcript) for call in town.sandbox.calls()]
    assert spoken == [True, True, False]
    assert town.live_prompts() == []
    assert not Call.select().where(Call.phone == STRANGER).exists()


def another_family(town: Town) -> Scenario:
    """Another user of Floyd, whose child goes to the same school."""
    other = replace(
        town.scenario,
        user="Jonas Novak",
        user_first="Jonas",
        user_phone=town.user.replace("+1519", "+1226"),
        child="Hugo Novak",
        child_first="Hugo",
        class_name="6D",
        teacher="Mr. Jensen",
    )
    introduce(other, town.settings.clock.now())
    return other


def test_a_school_that_was_called_for_two_learns_of_one_of_them_only(town: Town) -> None:
    other = another_family(town)
    town.sandbox.put_phone(town.school, "voicemail")
    town.text(town.scenario.request)
    town.reply("left a message")
    town.text("Please call Maple School and tell them Hugo is sick today", from_=other.user_phone)
    town.reply("left a message", phone=other.user_phone)

    before = town.sandbox.records()[-1].number
    town.sandbox.call_floyd(town.school, "caller_secretary", ATTESTED)
    assert "Mara Berg" in town.reply("called back")
    assert [entry["child"] for entry in town.sandbox.order_books()["absences"]] == ["Mara Berg"]
    told = " ".join(town.live_prompts(before))
    assert other.user in told
    assert not [words for words in ("Hugo", other.class_name, other.teacher) if words in told]
    [errand] = Errand.select().join(User).where(User.phone == other.user_phone)
    assert errand.outcome == "voicemail_left"


def turns(call: PhoneCall) -> int:
    """How often the sides of a call took turns to speak."""
    return len(list(groupby(said.speaker for said in call.transcript)))


def test_a_floyd_that_is_answered_by_another_says_goodbye_within_six_turns(town: Town) -> None:
    town.sandbox.put_phone(town.school, "other_floyd")
    town.text(town.scenario.request)
    assert turns(town.call("completed")) <= 6
    town.until(lambda: len(town.replies()) == 2)
    assert "absences" not in town.sandbox.order_books()


@pytest.mark.parametrize("verstat", [ATTESTED, None])
def test_a_floyd_that_is_called_by_another_says_goodbye_within_six_turns(
    town: Town, verstat: str | None
) -> None:
    sid = town.sandbox.call_floyd(town.user, "other_floyd", verstat)
    assert turns(town.sandbox.call_over(sid)) <= 6
