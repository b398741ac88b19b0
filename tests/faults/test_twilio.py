"""Twilio refuses, fails, or does not answer."""

import pytest

from tests.faults.town import Town

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("request_", ["POST Calls", "POST Messages"])
def test_what_twilio_had_no_time_for_is_asked_again_and_done_once(
    silent: Town, request_: str
) -> None:
    silent.fault(request_, "error_before", status=429, times=2)
    silent.text()
    silent.reply("busy")
    silent.check()
    assert [call.status for call in silent.calls()] == ["busy"]
    faults = silent.sandbox.records(0, ["fault"])
    assert len(faults) == 2


@pytest.mark.parametrize("request_", ["POST Calls", "POST Messages"])
@pytest.mark.parametrize("action", ["error_after", "error_before", "hold_after"])
def test_what_twilio_may_have_done_is_found_out_and_never_done_blind(
    silent: Town, request_: str, action: str
) -> None:
    silent.fault(request_, action, status=500)
    silent.text()
    silent.reply("busy")
    silent.check()
    assert [call.status for call in silent.calls()] == ["busy"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (21211, "isn't a number that can be called"),
        (13224, "isn't a number that can be called"),
        (21215, "country"),
        (21216, "not allowed to call"),
    ],
)
def test_a_refused_number_is_named_with_the_reason_and_not_dialled_again(
    silent: Town, code: int, words: str
) -> None:
    silent.fault("POST Calls", "error_before", status=400, code=code, times=9)
    silent.text()
    reply = silent.reply(words)
    assert silent.scenario.school_phone[-4:] in reply
    silent.check()
    assert silent.calls() == []
    assert len(silent.sandbox.records(0, ["fault"])) == 1


def test_a_call_that_fails_is_told_in_words_of_its_own(silent: Town) -> None:
    silent.fault("POST Calls", "hold_before")
    silent.text()
    silent.until_held()
    silent.sandbox.release()
    silent.check()
