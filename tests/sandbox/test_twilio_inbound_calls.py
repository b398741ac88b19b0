from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from tests.sandbox.running import AUTH_TOKEN, MediaSocket, Sandbox, running_sandbox

VERIFIED = "TN-Validation-Passed-A"


def test_a_caller_is_announced_by_a_signed_webhook(sandbox: Sandbox) -> None:
    sandbox.customer.answer("/twilio/voice", "<Response><Say>Good day.</Say></Response>")
    sid = sandbox.control.call_floyd(sandbox.user_phone, "silent", VERIFIED)
    post = sandbox.customer.next_post("/twilio/voice")
    assert (post.fields["CallSid"], post.fields["Direction"]) == (sid, "inbound")
    assert (post.fields["From"], post.fields["To"]) == (sandbox.user_phone, sandbox.number)
    assert (post.fields["CallStatus"], post.fields["StirVerstat"]) == ("ringing", VERIFIED)
    validator = RequestValidator(AUTH_TOKEN)
    assert validator.validate(post.url, post.fields, post.headers["X-Twilio-Signature"])
    sandbox.wait_for_status(sid, "completed")
    assert sandbox.control.calls()[0].transcript[0].text == "Good day."


def test_a_caller_can_be_connected_to_a_stream(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        return await media.read_until("start")

    sandbox.customer.media_script = script
    stream = f'<Connect><Stream url="{sandbox.customer.media_url}"/></Connect>'
    sandbox.customer.answer("/twilio/voice", f"<Response>{stream}</Response>")
    sid = sandbox.control.call_floyd(sandbox.user_phone, "silent")
    assert sandbox.customer.media_result()["start"]["callSid"] == sid


def statuses(sandbox: Sandbox) -> list[str]:
    return [each.fields["status"] for each in sandbox.control.records(kinds=["call.status"])]


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("<Reject/>", "no-answer"),
        ('<Reject reason="rejected"/>', "no-answer"),
        ('<Reject reason="busy"/>', "busy"),
    ],
)
def test_a_rejected_caller_is_never_connected_and_costs_nothing(
    sandbox: Sandbox, verb: str, status: str
) -> None:
    sandbox.customer.answer("/twilio/voice", f"<Response>{verb}</Response>")
    sid = sandbox.control.call_floyd(sandbox.user_phone, "silent")
    call = sandbox.control.call_over(sid)
    assert (call.status, call.duration_s, call.transcript) == (status, 0, ())
    assert statuses(sandbox) == ["ringing", status]


def test_a_call_that_was_taken_cannot_be_rejected_any_more(sandbox: Sandbox) -> None:
    twiml = "<Response><Say>Sorry.</Say><Reject/><Say>Unheard.</Say></Response>"
    sandbox.customer.answer("/twilio/voice", twiml)
    call = sandbox.control.call_over(sandbox.control.call_floyd(sandbox.user_phone, "silent"))
    assert (call.status, [said.text for said in call.transcript]) == ("completed", ["Sorry."])


def test_an_unknown_reason_is_a_broken_document(sandbox: Sandbox) -> None:
    sandbox.customer.answer("/twilio/voice", '<Response><Reject reason="rude"/></Response>')
    call = sandbox.control.call_over(sandbox.control.call_floyd(sandbox.user_phone, "silent"))
    assert "application error" in call.transcript[0].text


def test_the_number_tells_of_the_end_of_its_calls_where_it_was_told_to() -> None:
    with running_sandbox() as plain:
        plain.customer.answer("/twilio/voice", "<Response/>")
        plain.control.call_over(plain.control.call_floyd(plain.user_phone, "silent"))
        assert plain.customer.next_post().path == "/twilio/voice"
        assert plain.customer.posted.empty()


@pytest.mark.parametrize(
    ("twiml", "status", "least_s"),
    [("<Say>Good day.</Say>", "completed", 1), ('<Reject reason="busy"/>', "busy", 0)],
)
def test_the_end_of_a_call_is_told_once_and_signed(twiml: str, status: str, least_s: int) -> None:
    with running_sandbox(voice_status_path="/twilio/voice/status") as sandbox:
        sandbox.customer.answer("/twilio/voice", f"<Response>{twiml}</Response>")
        sid = sandbox.control.call_floyd(sandbox.user_phone, "silent")
        post = sandbox.customer.next_post("/twilio/voice/status")
        fields = post.fields
        assert (fields["CallSid"], fields["Direction"]) == (sid, "inbound")
        assert (fields["CallStatus"], fields["From"]) == (status, sandbox.user_phone)
        assert int(fields["CallDuration"]) >= least_s
        validator = RequestValidator(AUTH_TOKEN)
        assert validator.validate(post.url, fields, post.headers["X-Twilio-Signature"])
        assert sandbox.customer.posted.empty()
