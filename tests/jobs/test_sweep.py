from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from redis import Redis
from rq import Queue

from floyd.calls import slots
from floyd.clock import Clock
from floyd.jobs.sweep import LONG_QUEUE, due, sweep
from floyd.store.database import database
from floyd.store.models import Call, InboundText, OutboundText, User
from tests.jobs.conftest import SetClock


@pytest.fixture
def dropped(call: Call, user: User) -> Call:
    """One row of each kind that is due, with nothing queued."""
    call.errand.due_at = 10.0
    call.errand.save()
    InboundText.create(sid="SM1", user=user, phone=user.phone, body="Hi", received_at=0, due_at=10)
    OutboundText.create(
        occasion="x", user=user, phone=user.phone, body="Hi", created_at=0, due_at=9
    )
    return call


def _queued(redis: Redis) -> list[str]:
    names = [job.func_name for job in Queue("floyd", connection=redis).jobs]
    return sorted(name.removeprefix("floyd.jobs.").removesuffix(".run") for name in names)


ALL = ["advance_errand", "reconcile_call", "send_text", "understand_text"]


def test_what_is_due_is_queued(store: Redis, dropped: Call, clock: SetClock) -> None:
    assert sweep(store, clock) == 4
    assert _queued(store) == ALL


def test_what_is_not_due_is_left(store: Redis, dropped: Call, clock: SetClock) -> None:
    clock.moved[0] = 5.0
    assert sweep(store, clock) == 0


def test_a_call_that_has_ended_is_reported(store: Redis, dropped: Call, clock: SetClock) -> None:
    Call.update(state="busy").execute()
    sweep(store, clock)
    assert "report_call" in _queued(store)
    assert "reconcile_call" not in _queued(store)


def test_two_sweeps_at_once_queue_each_row_once(
    store: Redis, dropped: Call, clock: SetClock
) -> None:
    together = Barrier(4)

    def run(_: int) -> int:
        together.wait(10)
        try:
            return sweep(store, clock)
        finally:
            database.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(run, range(4))) == 4
    assert _queued(store) == ALL


def test_a_redis_that_was_emptied_is_filled_from_the_database(
    store: Redis, dropped: Call, clock: SetClock
) -> None:
    sweep(store, clock)
    store.flushdb()
    sweep(store, clock)
    assert _queued(store) == ALL


def test_a_redis_that_was_emptied_learns_again_which_calls_hold_a_slot(
    store: Redis, dropped: Call, clock: SetClock
) -> None:
    sweep(store, clock)
    slots.announce(store, "one", 1, clock.now())
    assert slots.free(store, clock.now()) == 0


def test_the_slot_of_a_call_that_ended_while_redis_was_away_is_given_back(
    store: Redis, dropped: Call, clock: SetClock
) -> None:
    slots.announce(store, "one", 2, clock.now())
    slots.reserve(store, dropped.attempt, clock.now(), 3600)
    slots.reserve(store, "not written down yet", clock.now(), 60)
    Call.update(state="busy").execute()
    sweep(store, clock)
    assert slots.holders(store) == ["not written down yet"]


def test_a_redis_that_is_away_is_no_error(store: Redis, dropped: Call, clock: SetClock) -> None:
    with Redis.from_url("redis://127.0.0.1:1/0") as nowhere:
        assert sweep(nowhere, clock) == 0


def test_a_row_that_nobody_took_up_is_queued_again_later(store: Redis, dropped: Call) -> None:
    sweep(store, Clock(20.0))
    marks = list(store.scan_iter("swept:*"))
    assert len(marks) == 4
    assert all(0 < store.pttl(mark) <= 5000 for mark in marks)


def test_a_row_that_is_due_anew_is_queued_anew(
    store: Redis, dropped: Call, clock: SetClock
) -> None:
    sweep(store, clock)
    OutboundText.update(due_at=clock.now()).execute()
    assert sweep(store, clock) == 1


def _due_texts(user: User, how_many: int) -> None:
    rows = [
        {"occasion": str(n), "phone": user.phone, "body": "", "created_at": 0, "due_at": float(n)}
        for n in range(how_many)
    ]
    OutboundText.insert_many(rows).execute()


def test_what_cannot_be_done_keeps_nothing_else_from_being_taken_up(
    store: Redis, user: User, clock: SetClock
) -> None:
    _due_texts(user, LONG_QUEUE + 2)
    assert sweep(store, clock) == LONG_QUEUE
    store.delete("rq:queue:floyd")
    assert sweep(store, clock) == 2


def test_a_long_queue_is_not_made_longer(store: Redis, user: User, clock: SetClock) -> None:
    _due_texts(user, LONG_QUEUE + 2)
    sweep(store, clock)
    for mark in store.scan_iter("swept:*"):
        store.delete(mark)
    assert sweep(store, clock) == 0
    store.lpop("rq:queue:floyd")
    assert sweep(store, clock) == 1


def test_the_longest_waiting_is_queued_first(store: Redis, dropped: Call, clock: SetClock) -> None:
    OutboundText.update(due_at=11).execute()
    Call.update(due_at=9, state="completed").execute()
    InboundText.update(due_at=12).execute()
    jobs = [job for job, _, _ in due(clock.now())]
    assert jobs == ["report_call", "advance_errand", "send_text", "understand_text"]
