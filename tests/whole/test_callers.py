"""Who calls Floyd's number, over all the wires: users, callees who call back, and strangers."""

from floyd.sandbox.client import ATTESTED
from tests.whole.conftest import Town

STRANGER = "+14165550166"


def absent(town: Town) -> list[str]:
    """The children whom the school has noted as absent."""
    return [entry["child"] for entry in town.sandbox.order_books().get("absences", [])]


def by_phone(town: Town, person: str, stir_verstat: str | None = ATTESTED) -> str:
    """The user calls, as they have texted before: a phone that has is one that gets texts."""
    town.text("Hello Floyd")
    town.until(town.replies)
    return town.sandbox.call_floyd(town.user, person, stir_verstat)


def test_a_user_calls_and_the_school_is_told(town: Town) -> None:
    by_phone(town, "caller_school")
    assert "sick" in town.reply("You asked me by phone: ")
    town.reply("Done")
    assert absent(town) == ["Mara Berg"]


def test_of_a_user_who_hangs_up_in_mid_sentence_what_was_understood_is_done(town: Town) -> None:
    by_phone(town, "caller_hangs_up")
    town.reply("You asked me by phone: ")
    town.reply("Done")
    assert absent(town) == ["Mara Berg"]


def test_for_a_caller_whom_nobody_vouches_for_nothing_is_done_before_a_yes(town: Town) -> None:
    sid = by_phone(town, "caller_school", None)
    town.reply("Somebody calling from your number asked me: ")
    assert [call.sid for call in town.sandbox.calls()] == [sid]
    town.text("Yes")
    town.reply("Done")
    assert absent(town) == ["Mara Berg"]


def test_a_school_that_calls_back_is_told_what_it_was_called_for(town: Town) -> None:
    town.sandbox.put_phone(town.school, "busy")
    town.text(town.scenario.request)
    town.reply("I'll try again")
    town.sandbox.call_floyd(town.school, "caller_secretary", ATTESTED)
    assert town.reply("called back").startswith("Maple School called back. Done.")
    assert absent(town) == ["Mara Berg"]


def test_a_school_whose_number_nobody_vouches_for_leaves_a_message(town: Town) -> None:
    town.sandbox.put_phone(town.school, "voicemail")
    town.text(town.scenario.request)
    town.reply("left a message")
    sid = town.sandbox.call_floyd(town.school, "caller_secretary")
    town.reply("I can't be sure it was them")
    heard = town.sandbox.call_over(sid).transcript
    assert "anna" not in " ".join(each.text for each in heard if each.speaker == "line").lower()
    assert absent(town) == []


def test_a_stranger_hears_one_sentence_and_costs_nothing_more(town: Town) -> None:
    sid = town.sandbox.call_floyd(STRANGER, "silent")
    heard = town.sandbox.call_over(sid).transcript
    assert len([each for each in heard if each.speaker == "line"]) == 1
    assert town.sandbox.records(0, ("openai.chat", "openai.realtime.session"), 0.1) == []
