import itertools
import json
import xml.etree.ElementTree as ET

import pytest
from redis import Redis
from rq import Queue

from floyd.calls import slots, tickets
from floyd.settings import Settings
from floyd.store.models import Call
from floyd.store.notices import call_channel
from tests.webhooks.conftest import Twilio

SID = "CA" + "1" * 32


def _status(twilio: Twilio, call: Call, status: str, sid: str = SID) -> None:
    path = f"/twilio/calls/{call.attempt}/status"
    assert twilio.post(path, CallSid=sid, CallStatus=status).status_code == 204


def _jobs(redis: Redis, name: str) -> list[tuple[int, ...]]:
    jobs = Queue("floyd", connection=redis).jobs
    return [job.args for job in jobs if job.func_name == f"floyd.jobs.{name}.run"]


def _resume(twilio: Twilio, attempt: str) -> ET.Element:
    answer = twilio.post(f"/twilio/calls/{attempt}/resume", CallSid=SID)
    assert answer.status_code == 200
    return ET.fromstring(answer.text)


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["initiated", "ringing", "in-progress", "completed"]))
)
def test_a_completed_call_stays_completed_in_whatever_order_it_is_told(
    twilio: Twilio, call: Call, redis: Redis, order: tuple[str, ...]
) -> None:
    for status in (*order, *order):
        _status(twilio, call, status)
    told = Call.get()
    assert (told.state, told.sid) == ("completed", SID)
    assert told.ended_at is not None
    assert _jobs(redis, "report_call") == [(call.id,)]


def test_a_call_that_is_answered_says_when(twilio: Twilio, call: Call) -> None:
    _status(twilio, call, "in-progress")
    _status(twilio, call, "ringing")
    told = Call.get()
    assert told.state == "in-progress"
    assert told.answered_at is not None
    assert told.due_at > told.answered_at


@pytest.mark.parametrize("end", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_the_end_of_a_call_gives_its_slot_back(
    twilio: Twilio, call: Call, redis: Redis, end: str
) -> None:
    slots.announce(redis, "one", 1, now=0.0)
    assert slots.reserve(redis, call.attempt, now=0.0, expires_s=600)
    _status(twilio, call, end)
    assert slots.free(redis, now=0.0) == 1


def test_a_status_of_another_call_changes_nothing(twilio: Twilio, call: Call) -> None:
    _status(twilio, call, "ringing")
    _status(twilio, call, "completed", sid="CA" + "2" * 32)
    assert (Call.get().state, Call.get().sid) == ("ringing", SID)


@pytest.mark.parametrize("what", ["status", "amd", "stream"])
def test_word_of_an_unknown_call_is_accepted_and_leaves_no_row(
    twilio: Twilio, store: Redis, what: str
) -> None:
    answer = twilio.post(
        f"/twilio/calls/{'b' * 32}/{what}",
        CallSid=SID,
        CallStatus="completed",
        AnsweredBy="human",
        StreamEvent="stream-error",
    )
    assert answer.status_code == 204
    assert Call.select().count() == 0


def test_an_unknown_state_changes_nothing(twilio: Twilio, call: Call) -> None:
    _status(twilio, call, "daydreaming")
    assert Call.get().state == "dialling"


def test_the_verdict_of_machine_detection_is_kept_and_published(
    twilio: Twilio, call: Call, redis: Redis
) -> None:
    with redis.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(call_channel(call.attempt))
        listener.get_message(timeout=5)
        twilio.post(f"/twilio/calls/{call.attempt}/amd", AnsweredBy="machine_end_beep")
        notice = listener.get_message(timeout=5)
    assert notice is not None
    assert json.loads(notice["data"]) == {"answered_by": "machine_end_beep"}
    assert Call.get().answered_by == "machine_end_beep"


def test_a_broken_stream_of_a_live_call_is_looked_after(
    twilio: Twilio, call: Call, redis: Redis
) -> None:
    path = f"/twilio/calls/{call.attempt}/stream?generation=1"
    twilio.post(path, StreamEvent="stream-started")
    assert _jobs(redis, "fetch_back") == []
    twilio.post(path, StreamEvent="stream-error", StreamError="31921")
    assert _jobs(redis, "fetch_back") == [(call.id,)]
    assert Call.get().generation_lost == 1


def test_a_stream_that_was_followed_by_another_is_not_missed(
    twilio: Twilio, call: Call, redis: Redis
) -> None:
    _resume(twilio, call.attempt)
    path = f"/twilio/calls/{call.attempt}/stream"
    for query in ("?generation=1", "?generation=x", ""):
        twilio.post(path + query, StreamEvent="stream-error", StreamError="31921")
    assert _jobs(redis, "fetch_back") == []
    assert Call.get().generation_lost == 0


def test_a_call_whose_stream_ended_gets_a_ticket_of_the_next_generation(
    twilio: Twilio, call: Call, settings: Settings
) -> None:
    response = _resume(twilio, call.attempt)

    stream = response.find("Connect/Stream")
    assert stream is not None
    assert stream.get("url") == "wss://floyd.test/twilio/media"
    parameter = stream.find("Parameter")
    assert parameter is not None
    ticket = tickets.read(settings.floyd_secret_key.get_secret_value(), parameter.get("value", ""))
    assert ticket == tickets.Ticket(call.attempt, 2)
    assert response.findtext("Redirect") == (
        f"https://floyd.test/twilio/calls/{call.attempt}/resume"
    )


def test_a_call_that_comes_back_for_the_fourth_time_in_a_minute_gets_a_goodbye(
    twilio: Twilio, call: Call
) -> None:
    for _ in range(3):
        assert _resume(twilio, call.attempt).find("Connect") is not None
    response = _resume(twilio, call.attempt)
    assert [element.tag for element in response] == ["Say", "Hangup"]
    assert Call.get().generation == 4


def test_a_call_that_was_lost_long_ago_may_come_back(twilio: Twilio, call: Call) -> None:
    Call.update(resumes=[1.0, 2.0, 3.0]).execute()
    assert _resume(twilio, call.attempt).find("Connect") is not None


@pytest.mark.parametrize(
    "over", [{"state": "completed", "ended_at": 1.0}, {"finish": {"outcome": "done"}}]
)
def test_a_call_that_is_over_is_hung_up(
    twilio: Twilio, call: Call, over: dict[str, object]
) -> None:
    Call.update(**over).execute()
    assert [element.tag for element in _resume(twilio, call.attempt)] == ["Hangup"]
    assert Call.get().generation == 1


def test_an_unknown_call_is_hung_up(twilio: Twilio, store: Redis) -> None:
    assert [element.tag for element in _resume(twilio, "b" * 32)] == ["Hangup"]
