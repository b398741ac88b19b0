from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

from tests.sandbox.running import ACCOUNT_SID, AUTH_TOKEN, Sandbox

SAY = "<Response><Pause length='600'/></Response>"


def refusal(sandbox: Sandbox, **options: object) -> tuple[int, int | None]:
    arguments = {"to": sandbox.school_phone, "from_": sandbox.number, "twiml": SAY} | options
    with pytest.raises(TwilioRestException) as caught:
        sandbox.twilio().calls.create(**{k: v for k, v in arguments.items() if v is not None})
    return caught.value.status, caught.value.code


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"to": "+1911"}, 21211),
        ({"to": "school"}, 21211),
        ({"from_": "12"}, 21212),
        ({"from_": "+14165550111"}, 21210),
        ({"to": "+4930901820"}, 21215),
        ({"twiml": None}, 21205),
        ({"twiml": None, "url": "nowhere"}, 21205),
        ({"status_callback": "nowhere"}, 21609),
        ({"async_amd_status_callback": "nowhere", "machine_detection": "Enable"}, 20001),
        ({"status_callback_event": ["exploded"]}, 21626),
        ({"time_limit": 0}, 20001),
        ({"machine_detection": "Maybe", "async_amd": "true"}, 20001),
    ],
)
def test_a_call_that_cannot_be_made(
    sandbox: Sandbox, options: dict[str, object], code: int
) -> None:
    assert refusal(sandbox, **options) == (400, code)


def test_a_blocked_number_is_refused(sandbox: Sandbox) -> None:
    sandbox.control.change_conditions(twilio={"blocked_numbers": [sandbox.school_phone]})
    assert refusal(sandbox) == (400, 21216)


def test_too_many_calls_at_once(sandbox: Sandbox) -> None:
    sandbox.control.change_conditions(twilio={"max_concurrent_calls": 1})
    sandbox.dial(SAY)
    assert refusal(sandbox) == (429, 10004)


def test_wrong_credentials(sandbox: Sandbox) -> None:
    with pytest.raises(TwilioRestException) as caught:
        sandbox.twilio(token="f" * 32).messages.create(to="+1", body="x")
    assert (caught.value.status, caught.value.code) == (401, 20003)


@pytest.mark.parametrize("sid", ["CA" + "0" * 32, "nonsense"])
def test_unknown_resources(sandbox: Sandbox, sid: str) -> None:
    for fetch in (sandbox.twilio().calls(sid).fetch, sandbox.twilio().messages(sid).fetch):
        with pytest.raises(TwilioRestException) as caught:
            fetch()
        assert (caught.value.status, caught.value.code) == (404, 20404)


def test_an_unknown_parameter_is_ignored_but_kept_in_the_records(sandbox: Sandbox) -> None:
    sandbox.dial(SAY, call_reason="because")
    (record,) = sandbox.control.records(kinds=["twilio.api"])
    assert record.fields["parameters"]["CallReason"] == "because"


def test_calls_are_found_by_their_filters(sandbox: Sandbox) -> None:
    sid = sandbox.dial(SAY)
    sandbox.wait_for_status(sid, "in-progress")
    calls = sandbox.twilio().calls
    now = sandbox.world.clock.now()
    (call,) = calls.list(to=sandbox.school_phone, from_=sandbox.number, status="in-progress")
    assert (call.sid, call.direction, call.account_sid) == (sid, "outbound-api", ACCOUNT_SID)
    assert call.start_time is not None
    assert calls.list(to=sandbox.user_phone) == []
    assert calls.list(status="completed") == []
    assert [found.sid for found in calls.list(start_time_after=now - timedelta(hours=1))] == [sid]
    assert calls.list(start_time_after=now + timedelta(days=1)) == []
    assert calls.list(start_time_before=now - timedelta(days=1)) == []


def test_only_a_call_in_progress_takes_other_twiml(sandbox: Sandbox) -> None:
    sid = sandbox.dial("<Response/>")
    sandbox.wait_for_status(sid, "completed")
    for change in ({"twiml": SAY}, {"status": "completed"}):
        with pytest.raises(TwilioRestException) as caught:
            sandbox.twilio().calls(sid).update(**change)
        assert (caught.value.status, caught.value.code) == (400, 21220)


def test_a_ringing_call_can_be_cancelled(sandbox: Sandbox) -> None:
    sandbox.control.put_phone(sandbox.school_phone, "unanswered")
    sid = sandbox.dial(SAY)
    sandbox.wait_for_status(sid, "ringing")
    assert sandbox.twilio().calls(sid).update(status="canceled").sid == sid
    sandbox.wait_for_status(sid, "canceled")


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20503)])
def test_an_error_on_demand_before_accepting(sandbox: Sandbox, status: int, code: int) -> None:
    sandbox.control.add_fault("POST Calls", "error_before", status=status)
    assert refusal(sandbox) == (status, code)
    assert sandbox.control.calls() == []
    sandbox.dial(SAY)


def test_an_error_on_demand_after_accepting(sandbox: Sandbox) -> None:
    sandbox.control.add_fault("POST Calls", "error_after", times=2)
    assert refusal(sandbox) == refusal(sandbox) == (500, 20500)
    assert len(sandbox.control.calls()) == 2
    sandbox.dial(SAY)


@pytest.mark.parametrize(("action", "accepted"), [("hold_before", 0), ("hold_after", 1)])
def test_a_response_is_held_until_it_is_released(
    sandbox: Sandbox, action: str, accepted: int
) -> None:
    sandbox.control.add_fault("POST Calls", action)
    with ThreadPoolExecutor(1) as pool:
        dialling = pool.submit(sandbox.dial, SAY)
        held = sandbox.control.wait_for("fault.held", name="POST Calls")
        assert len(sandbox.control.calls()) == accepted
        assert sandbox.control.release(held.fields["hold"]) == 1
        assert dialling.result(10)
    assert len(sandbox.control.calls()) == 1


def test_a_request_whose_client_died_before_it_was_accepted_has_no_effect(
    sandbox: Sandbox,
) -> None:
    sandbox.control.add_fault("POST Calls", "hold_before")
    impatient = sandbox.twilio()
    impatient.http_client.timeout = 0.3
    with pytest.raises(requests.Timeout):
        impatient.calls.create(to=sandbox.school_phone, from_=sandbox.number, twiml=SAY)
    impatient.http_client.session.close()
    sandbox.control.release()
    sandbox.control.wait_for("twilio.api", name="POST Calls", status=499)
    assert sandbox.control.calls() == []


def test_repeated_parameters_are_all_kept(sandbox: Sandbox) -> None:
    sandbox.dial(SAY, status_callback_event=["ringing", "completed"])
    (record,) = sandbox.control.records(kinds=["twilio.api"])
    assert record.fields["parameters"]["StatusCallbackEvent"] == ["ringing", "completed"]


@pytest.mark.parametrize(
    ("path", "status", "code"), [("Calls.json", 405, 20004), ("Nothing.json", 404, 20404)]
)
def test_what_the_api_does_not_have(sandbox: Sandbox, path: str, status: int, code: int) -> None:
    url = f"{sandbox.api_url}/2010-04-01/Accounts/{ACCOUNT_SID}/{path}"
    with requests.delete(url, auth=(ACCOUNT_SID, AUTH_TOKEN), timeout=10) as response:
        assert (response.status_code, response.json()["code"]) == (status, code)
