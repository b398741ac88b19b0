"""The model, the recogniser or the line fails while somebody is on the phone."""

import pytest

from tests.faults.town import Town, heard

pytestmark = pytest.mark.faults

TROUBLE = "technical trouble"
# What a busy machine may take, four times over: the exact figures are the bench's.
HASTE_S = 1.0


def seconds_until_the_filler(town: Town) -> float:
    """How long a silence the callee heard before the first filler."""
    said = town.calls()[-1].transcript
    at = next(i for i, each in enumerate(said) if each.text.startswith("One moment"))
    return (said[at].start_ms - said[at - 1].end_ms) / 1000


def until_it_ended_politely(town: Town) -> None:
    """Wait for a call that ends for want of a model, and check that nothing is claimed of it."""
    town.text()
    town.said("line", TROUBLE)
    town.call("completed")
    town.until(lambda: len(town.replies()) == 2)
    town.check()
    assert "Done" not in " ".join(town.replies())
    assert "absences" not in town.sandbox.order_books()


def test_a_call_whose_model_fails_ends_politely_and_claims_nothing(talking: Town) -> None:
    talking.fault("chat reply", "error_before", status=429, times=3)
    talking.fault("chat reply", "error_before", status=500, times=99)
    until_it_ended_politely(talking)


def test_a_model_that_hangs_is_covered_by_a_filler_within_two_seconds_and_then_given_up(
    talking: Town,
) -> None:
    talking.fault("chat reply", "hold_before", times=99)
    until_it_ended_politely(talking)
    assert seconds_until_the_filler(talking) < 2.0 + HASTE_S


def test_a_model_that_hangs_in_mid_stream_is_covered_and_asked_again(talking: Town) -> None:
    talking.text()
    talking.call("in-progress")
    talking.sandbox.change_conditions(openai={"hang_in_stream": 1})
    talking.reply("Done")
    talking.check()
    assert talking.sandbox.conditions()["openai"]["hang_in_stream"] == 0


def test_a_tool_that_is_called_wrongly_is_neither_spoken_nor_carried_out(talking: Town) -> None:
    talking.sandbox.change_conditions(openai={"unknown_tool": 1, "bad_tool_arguments": 1})
    talking.text()
    talking.call("completed")
    talking.check()
    faults = talking.sandbox.conditions()["openai"]
    assert (faults["unknown_tool"], faults["bad_tool_arguments"]) == (0, 0)
    words = heard(talking.calls()[0], "line")
    assert "transfer" not in words
    assert "splendid" not in words


def test_a_recogniser_whose_streams_are_short_loses_and_doubles_no_word(talking: Town) -> None:
    talking.sandbox.change_conditions(google={"stream_limit_s": 15.0})
    talking.text()
    talking.reply("Done")
    talking.check()
    assert len(talking.sandbox.records(0, ["google.stream_started"])) > 1


def test_a_recogniser_that_is_away_for_a_moment_is_taken_up_again(talking: Town) -> None:
    talking.text()
    talking.said("line", "sick")
    talking.sandbox.change_conditions(google={"unavailable": True})
    talking.passed(3)
    talking.sandbox.change_conditions(google={"unavailable": False})
    talking.reply("Done")
    talking.check()


def test_a_recogniser_that_stays_away_ends_the_call_politely(talking: Town) -> None:
    talking.text()
    talking.said("line", "sick")
    talking.sandbox.change_conditions(google={"unavailable": True})
    talking.said("line", TROUBLE)
    assert "I'll try again" in talking.reply("broke off")
    talking.check()


def test_media_that_is_lost_and_doubled_on_its_way_doubles_no_word(talking: Town) -> None:
    talking.sandbox.change_conditions(twilio={"lose_every": 50, "double_every": 7})
    talking.text()
    talking.reply("Done")
    talking.check()
