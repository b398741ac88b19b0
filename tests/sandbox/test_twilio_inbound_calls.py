from typing import Any

from twilio.request_validator import RequestValidator

from tests.sandbox.running import AUTH_TOKEN, MediaSocket, Sandbox

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


def test_a_rejected_caller_is_never_connected(sandbox: Sandbox) -> None:
    sandbox.customer.answer("/twilio/voice", '<Response><Reject reason="busy"/></Response>')
    sid = sandbox.control.call_floyd(sandbox.user_phone, "silent")
    sandbox.wait_for_status(sid, "busy")
    statuses = [each.fields["status"] for each in sandbox.control.records(kinds=["call.status"])]
    assert statuses == ["ringing", "busy"]
