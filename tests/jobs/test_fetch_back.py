from dataclasses import replace

import pytest

from floyd.calls import streams, tickets
from floyd.calls.tickets import Ticket
from floyd.errors import TelephonyError
from floyd.jobs.fetch_back import COMES_BACK_WITHIN_S, fetch_back
from floyd.services import Services
from floyd.services.telephony.protocol import CallSeen
from floyd.store.models import Call
from tests.jobs.conftest import SetClock
from tests.phone_company import ScriptedTelephony, never_processed, refused


@pytest.fixture
def lost(call: Call, clock: SetClock) -> Call:
    Call.update(sid="CA1", state="in-progress", generation_lost=1, lost_at=clock.now()).execute()
    row: Call = Call.get()
    return row


def test_a_call_that_does_not_come_back_is_fetched_with_a_new_ticket(
    services: Services, telephony: ScriptedTelephony, lost: Call
) -> None:
    fetch_back(services, lost.id)
    [(sid, twiml)] = telephony.redirected
    assert sid == "CA1"
    assert "<Stream" in twiml
    assert Call.get().generation == 2


def test_a_call_that_comes_back_by_itself_within_a_second_is_left_alone(
    services: Services, telephony: ScriptedTelephony, lost: Call, clock: SetClock
) -> None:
    class ComesBack(SetClock):
        def block(self, seconds: float) -> None:
            assert seconds == COMES_BACK_WITHIN_S
            streams.next_generation(lost, self.now())

    fetch_back(
        replace(services, clock=ComesBack()),
        lost.id,
    )
    assert telephony.redirected == []
    assert Call.get().generation == 2


@pytest.mark.parametrize("over", [{"state": "completed"}, {"finish": {"outcome": "done"}}])
def test_a_call_that_is_over_is_not_fetched(
    services: Services, telephony: ScriptedTelephony, lost: Call, over: dict[str, object]
) -> None:
    Call.update(**over).execute()
    fetch_back(services, lost.id)
    assert telephony.redirected == []


def test_a_call_that_is_lost_again_and_again_gets_a_goodbye(
    services: Services, telephony: ScriptedTelephony, lost: Call
) -> None:
    for _ in range(4):
        Call.update(generation_lost=Call.generation).execute()
        fetch_back(services, lost.id)
    assert ["<Stream" in twiml for _, twiml in telephony.redirected] == [True] * 3 + [False]
    assert "<Hangup" in telephony.redirected[-1][1]


def test_a_call_that_was_lost_a_while_ago_is_not_waited_for(
    services: Services, telephony: ScriptedTelephony, lost: Call, clock: SetClock
) -> None:
    clock.move(5)
    fetch_back(services, lost.id)
    assert clock.now() == 1005
    assert len(telephony.redirected) == 1


def test_a_call_whose_older_stream_broke_late_keeps_its_new_one(
    services: Services, telephony: ScriptedTelephony, lost: Call
) -> None:
    streams.next_generation(lost, 0.0)
    fetch_back(services, lost.id)
    assert telephony.redirected == []


def test_of_two_that_give_a_call_its_next_stream_at_once_one_does(lost: Call) -> None:
    other: Call = Call.get_by_id(lost.id)
    assert streams.next_generation(lost, 0.0) == 2
    with pytest.raises(streams.Overtaken):
        streams.next_generation(other, 0.0)
    assert Call.get().generation == 2


def test_a_call_that_has_just_ended_at_twilio_is_no_error(
    services: Services, telephony: ScriptedTelephony, lost: Call
) -> None:
    telephony.answers = [refused(21220)]
    fetch_back(services, lost.id)
    assert telephony.redirected == []


def test_a_fetch_that_twilio_had_no_time_for_is_tried_again_by_the_queue(
    services: Services, telephony: ScriptedTelephony, lost: Call
) -> None:
    telephony.answers = [never_processed()] * 4
    for _ in telephony.answers[:]:
        with pytest.raises(TelephonyError):
            fetch_back(services, lost.id)
    fetch_back(services, lost.id)
    assert "<Stream" in telephony.redirected[-1][1]


def test_a_fetch_that_twilio_took_without_saying_so_is_not_repeated(
    services: Services, telephony: ScriptedTelephony, lost: Call
) -> None:
    telephony.answers = [never_processed()]
    with pytest.raises(TelephonyError):
        fetch_back(services, lost.id)
    asked = len(telephony.redirected)
    assert tickets.claim(Ticket(lost.attempt, 2), "CA1")
    fetch_back(services, lost.id)
    assert len(telephony.redirected) == asked


def test_a_call_without_a_sid_cannot_be_fetched(
    services: Services, telephony: ScriptedTelephony, call: Call
) -> None:
    telephony.known_calls = [CallSeen("CA1", "", "", "in-progress", None, None)]
    fetch_back(services, call.id)
    assert telephony.redirected == []
