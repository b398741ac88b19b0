"""The queue: a job is the name of a file in `floyd.jobs` and the id of a row, nothing else.

Redis only says "look at this now": what cannot be queued is found by the sweep, so no caller fails
because Redis does.
"""

import time
from contextlib import suppress

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError, TimeoutError
from redis.retry import Retry as RedisRetry
from rq import Queue, Retry

from floyd.clock import Clock
from floyd.errors import SettingsError

log = structlog.get_logger()

QUEUE = "floyd"
_RETRY_AFTER_S = (1, 5, 20)
_KEPT_S = 60
_FAILURES_KEPT_S = 86_400
_WORKERS = "workers:alive"
_WORKER_SILENT_FOR_S = 25
_LEFT_ALONE_FOR_S = 5

_connection: Redis | None = None
_clock = Clock()
_left_alone_until = 0.0


def open_queue(url: str, clock: Clock) -> Redis:
    """Name the Redis that jobs are queued in from now on; connects on first use.

    Raises:
        SettingsError: no URL was given.
    """
    global _connection, _clock, _left_alone_until
    if not url:
        raise SettingsError("REDIS_URL: is not set (`floyd run` brings a Redis of its own)")
    # Tried again is what met a connection that had been closed, not what was waited for in vain.
    retry = RedisRetry(NoBackoff(), 1, supported_errors=(ConnectionError,))
    _connection = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5, retry=retry)
    _clock, _left_alone_until = clock, 0.0
    return _connection


def connection() -> Redis:
    """Return the connection that `open_queue` named."""
    if _connection is None:
        raise RuntimeError("open_queue was not called")
    return _connection


def enqueue(job: str, row_id: int) -> bool:
    """Queue `floyd.jobs.<job>.run(row_id)`; return False when Redis cannot be reached.

    A Redis that takes a command and never answers would cost every webhook the seconds that it is
    waited for: after the first, one at a time finds out whether it answers again.
    """
    global _left_alone_until
    if time.monotonic() < _left_alone_until:
        return False
    if _left_alone_until:
        _left_alone_until = time.monotonic() + _LEFT_ALONE_FOR_S
    try:
        _push(job, row_id)
    except RedisError as error:
        if isinstance(error, TimeoutError):
            _left_alone_until = time.monotonic() + _LEFT_ALONE_FOR_S
        log.warning("job_not_queued", job=job, error=type(error).__name__)
        return False
    _left_alone_until = 0.0
    return True


def _push(job: str, row_id: int) -> None:
    """Queue a job in one exchange with Redis."""
    with connection().pipeline() as pipeline:
        Queue(QUEUE, connection=connection()).enqueue(
            f"floyd.jobs.{job}.run",
            row_id,
            retry=Retry(max=3, interval=[max(1, round(_clock.real(s))) for s in _RETRY_AFTER_S]),
            result_ttl=_KEPT_S,
            failure_ttl=_FAILURES_KEPT_S,
            pipeline=pipeline,
        )
        pipeline.execute()


def answers() -> bool:
    """Return whether Redis can be reached."""
    try:
        return bool(connection().ping())
    except RedisError:
        return False


def say_alive(redis: Redis, worker: str) -> None:
    """Say that a worker takes jobs; RQ's own register does not survive a Redis that was emptied."""
    redis.zadd(_WORKERS, {worker: time.time()})


def say_goodbye(redis: Redis, worker: str) -> None:
    """Say that a worker takes no more jobs; where Redis is gone its silence says so."""
    with suppress(RedisError):
        redis.zrem(_WORKERS, worker)


def is_worked_on() -> bool:
    """Return whether a worker takes jobs: one that was killed is silent."""
    silent_since = time.time() - _WORKER_SILENT_FOR_S
    try:
        connection().zremrangebyscore(_WORKERS, "-inf", silent_since)
        return bool(connection().zcard(_WORKERS))
    except RedisError:
        return False


def length() -> int:
    """Return how many jobs wait."""
    return int(Queue(QUEUE, connection=connection()).count)
