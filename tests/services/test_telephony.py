"""The phone company through Twilio's SDK, on the wire."""

import logging

import pytest

from floyd.errors import TelephonyError
from floyd.services.telephony.protocol import Dial, Telephony
from floyd.services.telephony.twilio import (
    TwilioTelephony,
    empty_messaging_twiml,
    hangup_twiml,
    say_and_hangup_twiml,
    stream_twiml,
)
from floyd.settings import Settings
from tests.conftest import free_port
from tests.sandbox.running import Sandbox

LONG = '<Response><Pause length="600"/></Response>'
NOBODY = "+14165550177"


@pytest.fixture
def telephony(twilio_settings: Settings) -> Telephony:
    return TwilioTelephony(twilio_settings, twilio_settings.clock)


def dial(sandbox: Sandbox, to: str | None = None, twiml: str = LONG) -> Dial:
    url = sandbox.customer.url
    return Dial(
        to=to or sandbox.school_phone,
        twiml=twiml,
        status_url=f"{url}/status",
        machine_detection_url=f"{url}/amd",
        time_limit_s=60,
    )


def test_a_call_is_placed_with_callbacks_machine_detection_and_a_limit(
    telephony: Telephony, sandbox: Sandbox
) -> None:
    sid = telephony.place_call(dial(sandbox))

    states = [sandbox.customer.next_post("/status").fields["CallStatus"] for _ in range(3)]
    assert states == ["initiated", "ringing", "in-progress"]
    assert sandbox.customer.next_post("/amd").fields["CallSid"] == sid
    asked = sandbox.control.wait_for("twilio.api", name="POST Calls").fields["parameters"]
    assert asked["TimeLimit"] == "60"
    assert asked["MachineDetection"] == "DetectMessageEnd"
    assert asked["AsyncAmd"] == "true"


def test_a_call_is_looked_up_while_it_lasts_and_after(
    telephony: Telephony, sandbox: Sandbox
) -> None:
    sid = telephony.place_call(dial(sandbox))
    sandbox.wait_for_status(sid, "in-progress")
    seen = telephony.call(sid)
    assert (seen.to, seen.from_, seen.status) == (
        sandbox.school_phone,
        sandbox.number,
        "in-progress",
    )
    assert seen.duration_s is None

    telephony.hang_up(sid)
    sandbox.wait_for_status(sid, "completed")
    assert telephony.call(sid).duration_s is not None


def test_calls_to_a_number_are_listed_newest_first_since_a_time(
    telephony: Telephony, sandbox: Sandbox
) -> None:
    began = sandbox.world.clock.now().timestamp()
    first = telephony.place_call(dial(sandbox, twiml="<Response/>"))
    sandbox.wait_for_status(first, "completed")
    second = telephony.place_call(dial(sandbox))
    telephony.place_call(dial(sandbox, to=sandbox.user_phone))

    assert [call.sid for call in telephony.calls(sandbox.school_phone, began)] == [second, first]
    assert telephony.calls(sandbox.school_phone, began + 3600) == []


def test_a_live_call_gets_another_program(telephony: Telephony, sandbox: Sandbox) -> None:
    sid = telephony.place_call(dial(sandbox))
    sandbox.wait_for_status(sid, "in-progress")
    telephony.redirect_call(sid, hangup_twiml())
    sandbox.wait_for_status(sid, "completed")
    verbs = [each.fields["verb"] for each in sandbox.control.records(kinds=["twiml.verb"])]
    assert verbs == ["Pause", "Hangup"]


def test_hanging_up_a_call_that_has_ended_is_fine(telephony: Telephony, sandbox: Sandbox) -> None:
    sid = telephony.place_call(dial(sandbox, twiml="<Response/>"))
    sandbox.wait_for_status(sid, "completed")
    telephony.hang_up(sid)
    refused = sandbox.control.wait_for("twilio.api", name=f"POST Calls/{sid}")
    assert refused.fields["status"] == 400
    assert telephony.call(sid).status == "completed"


def test_redirecting_a_call_that_has_ended_is_refused(
    telephony: Telephony, sandbox: Sandbox
) -> None:
    sid = telephony.place_call(dial(sandbox, twiml="<Response/>"))
    sandbox.wait_for_status(sid, "completed")
    with pytest.raises(TelephonyError) as caught:
        telephony.redirect_call(sid, hangup_twiml())
    assert (caught.value.code, caught.value.ambiguous) == (21220, False)


def test_a_text_arrives_and_is_listed_with_its_status(
    telephony: Telephony, sandbox: Sandbox
) -> None:
    began = sandbox.world.clock.now().timestamp()
    sid = telephony.send_text(sandbox.user_phone, "Done.", f"{sandbox.customer.url}/status")
    sandbox.control.wait_for("message.status", message=sid, status="delivered")

    (seen,) = telephony.texts(sandbox.user_phone, began)
    assert (seen.sid, seen.to, seen.body) == (sid, sandbox.user_phone, "Done.")
    assert (seen.status, seen.error_code) == ("delivered", None)
    assert [text.body for text in sandbox.control.thread(sandbox.user_phone)] == ["Done."]


def test_texts_received_are_listed_newest_first_since_a_time(
    telephony: Telephony, sandbox: Sandbox
) -> None:
    began = sandbox.world.clock.now().timestamp()
    media = [{"url": "https://api.twilio.com/media/1", "content_type": "image/png"}]
    first = sandbox.control.send_text(sandbox.user_phone, "One")
    second = sandbox.control.send_text(NOBODY, "Two \u2713", media)
    telephony.send_text(sandbox.user_phone, "Not one of them", f"{sandbox.customer.url}/status")

    newest, oldest = telephony.texts_received(began)
    assert (newest.sid, newest.from_, newest.body) == (second, NOBODY, "Two \u2713")
    assert (newest.media_count, oldest.media_count) == (1, 0)
    assert (oldest.sid, oldest.from_) == (first, sandbox.user_phone)
    assert began - 1 <= oldest.received_at <= newest.received_at
    assert telephony.texts_received(began + 3600) == []


def test_texts_received_are_asked_for_by_the_day_and_in_one_request(
    telephony: Telephony, sandbox: Sandbox
) -> None:
    sandbox.control.send_text(sandbox.user_phone, "One")
    now = sandbox.world.clock.now()
    telephony.texts_received(now.timestamp())
    [asked] = sandbox.control.records(kinds=["twilio.api"])
    assert asked.fields["name"] == "GET Messages"
    assert asked.fields["parameters"]["DateSent>"] == now.date().isoformat()
    assert asked.fields["parameters"]["To"] == sandbox.number


def test_a_long_list_is_read_over_all_its_pages(telephony: Telephony, sandbox: Sandbox) -> None:
    began = sandbox.world.clock.now().timestamp()
    sent = [
        telephony.send_text(sandbox.user_phone, f"Text {number}", f"{sandbox.customer.url}/status")
        for number in range(60)
    ]
    listed = [text.sid for text in telephony.texts(sandbox.user_phone, began)]
    assert listed == sent[::-1]


@pytest.mark.parametrize(
    ("to", "code", "told"),
    [
        ("+1416555", 21211, "isn't a number that can be called."),
        ("+442079460018", 21215, "020 7946 0018 is in a country that I'm not allowed to call."),
        (NOBODY, 21216, "(416) 555-0177 is a number that I'm not allowed to call."),
    ],
)
def test_a_refused_number_is_told_with_its_reason(
    telephony: Telephony, sandbox: Sandbox, to: str, code: int, told: str
) -> None:
    sandbox.control.change_conditions(twilio={"blocked_numbers": [NOBODY]})
    with pytest.raises(TelephonyError) as caught:
        telephony.place_call(dial(sandbox, to=to))
    error = caught.value
    assert (error.code, error.ambiguous, error.retryable) == (code, False, False)
    assert told in (error.user_text or "")
    assert to not in str(error)


def test_too_many_requests_may_be_repeated(telephony: Telephony, sandbox: Sandbox) -> None:
    sandbox.control.add_fault("POST Calls", "error_before", status=429)
    with pytest.raises(TelephonyError) as caught:
        telephony.place_call(dial(sandbox))
    assert caught.value.retryable
    assert not caught.value.ambiguous


@pytest.mark.parametrize("action", ["error_after", "hold_after"])
def test_a_lost_answer_to_a_dial_is_ambiguous(
    telephony: Telephony, sandbox: Sandbox, action: str
) -> None:
    began = sandbox.world.clock.now().timestamp()
    sandbox.control.add_fault("POST Calls", action)
    with pytest.raises(TelephonyError) as caught:
        telephony.place_call(dial(sandbox))
    sandbox.control.release()
    assert caught.value.ambiguous
    assert not caught.value.retryable
    assert len(telephony.calls(sandbox.school_phone, began)) == 1


def test_a_failed_look_up_may_be_repeated(telephony: Telephony, sandbox: Sandbox) -> None:
    sandbox.control.add_fault("GET Calls", "error_before", status=500)
    with pytest.raises(TelephonyError) as caught:
        telephony.calls(sandbox.school_phone, 0)
    assert caught.value.retryable
    assert not caught.value.ambiguous


def test_what_was_never_sent_may_be_repeated(settings: Settings, sandbox: Sandbox) -> None:
    nobody = settings.model_copy(update={"twilio_api_url": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(TelephonyError) as caught:
        TwilioTelephony(nobody, nobody.clock).place_call(dial(sandbox))
    assert caught.value.retryable
    assert not caught.value.ambiguous


def test_in_development_one_number_rings_for_all(
    twilio_settings: Settings, sandbox: Sandbox
) -> None:
    settings = twilio_settings.model_copy(update={"floyd_dial_only": sandbox.school_phone})
    telephony = TwilioTelephony(settings, settings.clock)
    began = settings.clock.now()
    sid = telephony.place_call(dial(sandbox, to=NOBODY))
    assert telephony.call(sid).to == sandbox.school_phone
    assert [call.sid for call in telephony.calls(NOBODY, began)] == [sid]


def test_the_sdk_logs_no_numbers(
    telephony: Telephony, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        telephony.calls(sandbox.school_phone, 0)
    assert sandbox.school_phone[1:] not in caplog.text


def test_the_stream_carries_parameters_and_the_way_back() -> None:
    twiml = stream_twiml(
        "wss://floyd.test/twilio/media", {"token": 'a&"<'}, "https://s.test/", "https://r.test/"
    )
    assert twiml.endswith(
        '<Response><Connect><Stream statusCallback="https://s.test/"'
        ' url="wss://floyd.test/twilio/media">'
        '<Parameter name="token" value="a&amp;&quot;&lt;" /></Stream></Connect>'
        "<Redirect>https://r.test/</Redirect></Response>"
    )


def test_spoken_words_cannot_break_twiml() -> None:
    twiml = say_and_hangup_twiml("Bye\n<Dial>911</Dial>\x00")
    assert "<Say>Bye &lt;Dial&gt;911&lt;/Dial&gt; </Say><Hangup />" in twiml


def test_a_text_is_answered_with_nothing() -> None:
    assert empty_messaging_twiml().endswith("<Response />")
