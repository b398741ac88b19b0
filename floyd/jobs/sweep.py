"""What is due and was dropped, by whatever crash or loss, is queued again from the database.

Redis only says "look at this now"; here is where every such word that was lost is said again. A
mark in Redis keeps two sweeps, or one that comes again before the job has run, from queueing a row
twice; with Redis emptied the marks are gone as well, and everything due is queued anew. A queue
that is long is left alone: what waits in it was not dropped, and queued again each time it would
never become short.
"""

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

from floyd.calls import progress, slots
from floyd.clock import Clock
from floyd.store import queue
from floyd.store.models import Call, Errand, InboundText, OutboundText

log = structlog.get_logger()

LONG_QUEUE = 500
LOOKED_THROUGH = 10 * LONG_QUEUE
QUEUED_ANEW_AFTER_S = 20
QUEUED_ANEW_AFTER_REAL_S = 5
SLOT_LASTS_S = 300

Due = tuple[str, int, float]
"""A job's name, the id of the row that it should look at, and since when."""


def sweep(redis: Redis, clock: Clock) -> int:
    """Queue what is due; return how many jobs that were."""
    now = clock.now()
    try:
        _hold_slots(redis, now)
        _free_slots(redis)
        room = max(0, LONG_QUEUE - queue.length())
        # Those that were queued a moment ago and are still due take no room from the others.
        fresh = list(islice((one for one in due(now) if _is_first(redis, one, clock)), room))
    except RedisError as error:
        log.warning("sweep_without_redis", error=type(error).__name__)
        return 0
    queued = sum(queue.enqueue(job, row_id) for job, row_id, _ in fresh)
    if queued:
        log.info("swept", jobs=queued)
    return queued


def due(now: float) -> Iterator[Due]:
    """Return what is due, the longest waiting first."""
    kinds = (
        _due_rows(InboundText, "understand_text", now),
        _due_rows(OutboundText, "send_text", now),
        _due_rows(Errand, "advance_errand", now),
        _due_rows(Call, "report_call", now, Call.state.in_(progress.FINAL)),
        _due_rows(Call, "reconcile_call", now, Call.state.not_in(progress.FINAL)),
    )
    return merge(*kinds, key=lambda one: one[2])


def _due_rows(model: Any, job: str, now: float, *which: Any) -> Iterator[Due]:
    rows = model.select(model.id, model.due_at).where(model.due_at <= now, *which)
    for row_id, since in rows.order_by(model.due_at).limit(LOOKED_THROUGH).tuples():
        yield job, row_id, since


def _is_first(redis: Redis, one: Due, clock: Clock) -> bool:
    job, row_id, since = one
    lasts_s = max(clock.real(QUEUED_ANEW_AFTER_S), QUEUED_ANEW_AFTER_REAL_S)
    return bool(redis.set(f"swept:{job}:{row_id}:{since}", 1, nx=True, px=round(lasts_s * 1000)))


def _hold_slots(redis: Redis, now: float) -> None:
    """Count the calls that are going on, should Redis have forgotten their slots."""
    live = Call.select(Call.attempt).where(Call.state.in_(progress.LIVE))
    for call in live:
        slots.hold(redis, call.attempt, now, SLOT_LASTS_S)


def _free_slots(redis: Redis) -> None:
    """Give back the slots of calls that ended while Redis could not be told."""
    ended = Call.select(Call.attempt).where(
        Call.attempt.in_(slots.holders(redis)), Call.state.in_(progress.FINAL)
    )
    for call in ended:
        slots.release(redis, call.attempt)
