import pytest
from redis import Redis

from floyd.calls import slots
from floyd.jobs.reconcile_call import ABSENT_FOR_S, reconcile_call
from floyd.services import Services
from floyd.services.telephony.protocol import CallSeen
from floyd.store.models import Call
from tests.jobs.conftest import SetClock
from tests.phone_company import ScriptedTelephony, never_processed


def _seen(sid: str, status: str = "completed", to: str = "+15195550188") -> CallSeen:
    return CallSeen(sid, to, "+12265550100", status, None, None)


def test_a_call_that_nothing_was_heard_of_is_looked_up(
    services: Services, telephony: ScriptedTelephony, call: Call, redis: Redis
) -> None:
    slots.announce(redis, "one", 1, services.clock.now())
    slots.reserve(redis, call.attempt, services.clock.now(), 600)
    Call.update(sid="CA1").execute()
    telephony.known_calls = [_seen("CA1", "no-answer")]
    reconcile_call(services, call.id)
    assert Call.get().state == "no-answer"
    assert slots.free(redis, services.clock.now()) == 1


def test_a_dial_whose_answer_was_lost_is_found_by_its_number(
    services: Services, telephony: ScriptedTelephony, call: Call
) -> None:
    telephony.known_calls = [_seen("CA1", "in-progress"), _seen("CA2", to="+15195550199")]
    reconcile_call(services, call.id)
    assert (Call.get().state, Call.get().sid) == ("in-progress", "CA1")
    assert Call.get().due_at > services.clock.now()


def test_a_call_of_another_attempt_is_not_taken_for_it(
    services: Services, telephony: ScriptedTelephony, call: Call
) -> None:
    Call.create(
        attempt="b" * 32,
        errand=call.errand,
        phone=call.phone,
        dialled=call.dialled,
        sid="CA1",
        state="completed",
        created_at=0.0,
    )
    telephony.known_calls = [_seen("CA1")]
    reconcile_call(services, call.id)
    assert (Call.get_by_id(call.id).state, Call.get_by_id(call.id).sid) == ("dialling", None)


@pytest.mark.parametrize(
    ("listed", "state"), [([], "failed"), ([_seen("CA1"), _seen("CA2")], "completed")]
)
def test_a_call_that_is_not_surely_ours_twice_a_minute_apart_is_given_up(
    services: Services,
    telephony: ScriptedTelephony,
    clock: SetClock,
    call: Call,
    listed: list[CallSeen],
    state: str,
) -> None:
    telephony.known_calls = listed
    reconcile_call(services, call.id)
    clock.move(ABSENT_FOR_S - 1)
    reconcile_call(services, call.id)
    assert Call.get().state == "dialling"
    clock.move(1)
    reconcile_call(services, call.id)
    assert (Call.get().state, Call.get().sid) == (state, None)


def test_a_list_that_cannot_be_had_decides_nothing(
    services: Services, telephony: ScriptedTelephony, clock: SetClock, call: Call
) -> None:
    telephony.listing = never_processed()
    for _ in range(5):
        reconcile_call(services, call.id)
        clock.move(120)
    assert (Call.get().state, Call.get().absent_at) == ("dialling", None)


def test_a_call_that_has_ended_or_was_never_asked_for_is_left_alone(
    services: Services, telephony: ScriptedTelephony, call: Call
) -> None:
    telephony.known_calls = [_seen("CA1", "in-progress")]
    for state in ("reserved", "completed"):
        Call.update(state=state).execute()
        reconcile_call(services, call.id)
        assert (Call.get().state, Call.get().sid) == (state, None)


def test_a_live_call_is_looked_up_again_and_again(
    services: Services, telephony: ScriptedTelephony, clock: SetClock, call: Call
) -> None:
    Call.update(sid="CA1", state="in-progress").execute()
    telephony.known_calls = [_seen("CA1", "in-progress")]
    reconcile_call(services, call.id)
    assert Call.get().due_at == clock.now() + 60
    clock.move(60)
    telephony.known_calls = [_seen("CA1", "completed")]
    reconcile_call(services, call.id)
    assert Call.get().state == "completed"
