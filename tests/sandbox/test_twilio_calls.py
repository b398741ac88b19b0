import pytest
from twilio.request_validator import RequestValidator

from tests.sandbox.running import AUTH_TOKEN, Sandbox

EVENTS = ["initiated", "ringing", "answered", "completed"]
LONG = "<Response><Pause length='600'/></Response>"


def callbacks(sandbox: Sandbox, count: int) -> list[tuple[str, str]]:
    posts = [sandbox.customer.next_post("/status") for _ in range(count)]
    validator = RequestValidator(AUTH_TOKEN)
    for post in posts:
        assert validator.validate(post.url, post.fields, post.headers["X-Twilio-Signature"])
    return [(post.fields["SequenceNumber"], post.fields["CallStatus"]) for post in posts]


def dial(sandbox: Sandbox, twiml: str = "<Response/>", **options: object) -> str:
    callback = f"{sandbox.customer.url}/status"
    return sandbox.dial(twiml, status_callback=callback, status_callback_event=EVENTS, **options)


def test_a_call_tells_of_every_step(sandbox: Sandbox) -> None:
    sid = dial(sandbox, "<Response><Pause length='2'/></Response>")
    assert callbacks(sandbox, 4) == [
        ("0", "initiated"),
        ("1", "ringing"),
        ("2", "in-progress"),
        ("3", "completed"),
    ]
    call = sandbox.twilio().calls(sid).fetch()
    assert (call.status, call.duration) == ("completed", "2")


@pytest.mark.parametrize(
    ("phone", "outcome"), [("busy", "busy"), ("unanswered", "no-answer"), (None, "failed")]
)
def test_a_call_that_nobody_takes(sandbox: Sandbox, phone: str | None, outcome: str) -> None:
    number = "+14165550177"
    if phone:
        sandbox.control.put_phone(number, phone)
    sid = dial(sandbox, to=number, timeout=5)
    expected = 3 if phone else 2
    assert callbacks(sandbox, expected)[-1][1] == outcome
    assert sandbox.twilio().calls(sid).fetch().status == outcome


def test_the_time_limit_ends_a_call(sandbox: Sandbox) -> None:
    sid = dial(sandbox, LONG, time_limit=3)
    sandbox.wait_for_status(sid, "completed")
    assert sandbox.twilio().calls(sid).fetch().duration == "3"


def test_the_api_ends_a_call(sandbox: Sandbox) -> None:
    sid = dial(sandbox, LONG)
    sandbox.wait_for_status(sid, "in-progress")
    sandbox.twilio().calls(sid).update(status="completed")
    assert callbacks(sandbox, 4)[-1] == ("3", "completed")


def test_a_program_can_be_replaced(sandbox: Sandbox) -> None:
    sid = dial(sandbox, LONG)
    sandbox.wait_for_status(sid, "in-progress")
    twiml = '<Response><Play digits="1w2#"/><Hangup/></Response>'
    sandbox.twilio().calls(sid).update(twiml=twiml)
    sandbox.wait_for_status(sid, "completed")
    assert sandbox.control.calls()[0].keys_heard == "12#"


def test_callbacks_are_dropped_doubled_and_late_on_demand(sandbox: Sandbox) -> None:
    sandbox.control.add_fault("callback call initiated", "drop")
    sandbox.control.add_fault("callback call ringing", "delay", delay_s=6)
    sandbox.control.add_fault("callback call completed", "duplicate")
    dial(sandbox, "<Response><Pause length='1'/></Response>")
    assert [number for number, _ in callbacks(sandbox, 4)] == ["2", "3", "3", "1"]


def test_say_is_heard_and_redirect_followed(sandbox: Sandbox) -> None:
    sandbox.customer.answer("/next", "<Response><Say>Here is the rest.</Say></Response>")
    redirect = f"<Redirect>{sandbox.customer.url}/next</Redirect>"
    twiml = f"<Response><Say>First part.</Say>{redirect}</Response>"
    sandbox.control.put_phone(sandbox.school_phone, "silent")
    sid = dial(sandbox, twiml)
    post = sandbox.customer.next_post("/next")
    assert (post.fields["CallSid"], post.fields["CallStatus"]) == (sid, "in-progress")
    sandbox.wait_for_status(sid, "completed")
    heard = " ".join(said.text for said in sandbox.control.calls()[0].transcript)
    assert heard == "First part. Here is the rest."


@pytest.mark.parametrize(
    "twiml",
    [
        "<Response><Nonsense/></Response>",
        "<Response>",
        "<Other/>",
        "<Response><Connect/></Response>",
        "<Response><Connect><Stream/></Connect></Response>",
        "<Response><Play/></Response>",
        "<Response><Pause length='long'/></Response>",
    ],
)
def test_bad_twiml_ends_the_call_with_an_apology(sandbox: Sandbox, twiml: str) -> None:
    sandbox.control.put_phone(sandbox.school_phone, "silent")
    sid = dial(sandbox, twiml)
    sandbox.wait_for_status(sid, "completed")
    (error,) = sandbox.control.records(kinds=["twilio.error"])
    assert (error.fields["code"], error.fields["call"]) == (12100, sid)
    assert "application error" in sandbox.control.calls()[0].transcript[0].text


def test_a_dead_redirect_leads_to_the_fallback(sandbox: Sandbox) -> None:
    sandbox.customer.answer("/dead", "", status=500)
    sandbox.customer.answer("/fallback", "<Response><Hangup/></Response>")
    twiml = f"<Response><Redirect>{sandbox.customer.url}/dead</Redirect></Response>"
    sid = dial(sandbox, twiml, fallback_url=f"{sandbox.customer.url}/fallback")
    sandbox.customer.next_post("/fallback")
    sandbox.wait_for_status(sid, "completed")
    assert [each.fields["code"] for each in sandbox.control.records(kinds=["twilio.error"])] == [
        11200
    ]


@pytest.mark.parametrize(
    ("phone", "mode", "answered_by"),
    [
        ("school_secretary", "Enable", "human"),
        ("silent", "Enable", "unknown"),
        ("voicemail", "Enable", "machine_start"),
        ("voicemail", "DetectMessageEnd", "machine_end_beep"),
    ],
)
def test_machines_are_told_from_people(
    sandbox: Sandbox, phone: str, mode: str, answered_by: str
) -> None:
    sandbox.control.put_phone(sandbox.school_phone, phone)
    callback = f"{sandbox.customer.url}/amd"
    options = {"machine_detection": mode, "async_amd": "true"}
    sid = dial(sandbox, LONG, async_amd_status_callback=callback, **options)
    post = sandbox.customer.next_post("/amd")
    assert (post.fields["CallSid"], post.fields["AnsweredBy"]) == (sid, answered_by)
    assert sandbox.twilio().calls(sid).fetch().answered_by == answered_by


def test_dial_joins_two_phones(sandbox: Sandbox) -> None:
    friend = "+14165550177"
    sandbox.control.put_phone(friend, "silent")
    dialled = f'<Dial action="{sandbox.customer.url}/after"><Number>{friend}</Number></Dial>'
    sandbox.dial(f"<Response>{dialled}</Response>")
    leg = sandbox.control.wait_for("call.created", direction="outbound-dial").fields["call"]
    heard = sandbox.control.wait_for("call.heard", call=leg)
    sandbox.control.hang_up(leg)
    post = sandbox.customer.next_post("/after")
    assert (post.fields["DialCallSid"], post.fields["DialCallStatus"]) == (leg, "completed")
    spoken = [each.fields["text"] for each in sandbox.control.records(kinds=["call.spoke"])]
    assert heard.fields["word"] in " ".join(spoken)


@pytest.mark.parametrize(("phone", "status"), [("busy", "busy"), ("unanswered", "no-answer")])
def test_dial_tells_when_nobody_comes(sandbox: Sandbox, phone: str, status: str) -> None:
    friend = "+14165550177"
    sandbox.control.put_phone(friend, phone)
    action = f'action="{sandbox.customer.url}/after"'
    dialled = f'<Dial timeout="5" {action}><Number>{friend}</Number></Dial>'
    sandbox.dial(f"<Response>{dialled}</Response>")
    assert sandbox.customer.next_post("/after").fields["DialCallStatus"] == status


def test_a_dialled_phone_can_be_asked_first(sandbox: Sandbox) -> None:
    friend = "+14165550177"
    sandbox.control.put_phone(friend, "silent")
    sandbox.customer.answer("/join", "<Response><Say>No thanks.</Say><Hangup/></Response>")
    number = f'<Number url="{sandbox.customer.url}/join">{friend}</Number>'
    action = f'action="{sandbox.customer.url}/after"'
    sid = sandbox.dial(f"<Response><Dial {action}>{number}</Dial></Response>")
    post = sandbox.customer.next_post("/join")
    assert (post.fields["To"], post.fields["ParentCallSid"]) == (friend, sid)
    assert sandbox.customer.next_post("/after").fields["DialCallSid"] == post.fields["CallSid"]
