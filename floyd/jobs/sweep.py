"""What is due and was dropped, by whatever crash or loss, is queued again from the database.

Redis only says "look at this now"; here is where every such word that was lost is said again. A
mark in Redis keeps two sweeps, or one that comes again before the job has run, from queueing a row
twice; with Redis emptied the marks are gone as well, and everything due is queued anew.
"""

from collections.abc import Iterator

import structlog
from redis import Redis
from redis.exceptions import RedisError

from floyd.calls import progress, slots
from floyd.clock import Clock
from floyd.store import queue
from floyd.store.models import Call, Errand, InboundText, OutboundText

log = structlog.get_logger()

AT_MOST = 500
QUEUED_ANEW_AFTER_S = 20
QUEUED_ANEW_AFTER_REAL_S = 5
SLOT_LASTS_S = 300

Due = tuple[str, int, float | None]
"""A job's name, the id of the row that it should look at, and since when."""


def sweep(redis: Redis, clock: Clock) -> int:
    """Queue what is due; return how many jobs that were."""
    now = clock.now()
    try:
        _hold_slots(redis, now)
        fresh = [one for one in due(now) if _is_first(redis, one, clock)]
    except RedisError as error:
        log.warning("sweep_without_redis", error=type(error).__name__)
        return 0
    queued = sum(queue.enqueue(job, row_id) for job, row_id, _ in fresh)
    if queued:
        log.info("swept", jobs=queued)
    return queued


def due(now: float) -> Iterator[Due]:
    """Yield what is due, the longest waiting first."""
    for model, job in (
        (InboundText, "understand_text"),
        (OutboundText, "send_text"),
        (Errand, "advance_errand"),
    ):
        rows = model.select(model.id, model.due_at).where(model.due_at <= now)
        for row in rows.order_by(model.due_at).limit(AT_MOST):
            yield job, row.id, row.due_at
    calls = Call.select(Call.id, Call.state, Call.due_at).where(Call.due_at <= now)
    for call in calls.order_by(Call.due_at).limit(AT_MOST):
        job = "report_call" if call.state in progress.FINAL else "reconcile_call"
        yield job, call.id, call.due_at


def _is_first(redis: Redis, one: Due, clock: Clock) -> bool:
    job, row_id, since = one
    lasts_s = max(clock.real(QUEUED_ANEW_AFTER_S), QUEUED_ANEW_AFTER_REAL_S)
    return bool(redis.set(f"swept:{job}:{row_id}:{since}", 1, nx=True, px=round(lasts_s * 1000)))


def _hold_slots(redis: Redis, now: float) -> None:
    """Count the calls that are going on, should Redis have forgotten their slots."""
    live = Call.select(Call.attempt).where(Call.state.in_(progress.LIVE))
    for call in live:
        slots.hold(redis, call.attempt, now, SLOT_LASTS_S)
