"""Slots of live calls: one is reserved before a dial and before answering, never more than exist.

Every process that takes calls announces how many it holds; the reservations of all attempts
together stay within the sum. All of it lives in Redis and expires by itself: a dead process takes
its capacity along, a lost release is forgotten. Times are Floyd's clock, epoch seconds.
"""

from typing import cast

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()

ANNOUNCEMENT_LASTS_S = 15

_CAPACITIES = "slots:capacities"
_ALIVE_UNTIL = "slots:alive_until"
_RESERVED_UNTIL = "slots:reserved_until"

_FREE = """
local now = tonumber(ARGV[1])
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
    redis.call('HDEL', KEYS[1], gone)
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
local free = -redis.call('ZCARD', KEYS[3])
for _, capacity in ipairs(redis.call('HVALS', KEYS[1])) do
    free = free + tonumber(capacity)
end
"""

_RESERVE = f"""{_FREE}
if not redis.call('ZSCORE', KEYS[3], ARGV[2]) and free < 1 then
    return 0
end
redis.call('ZADD', KEYS[3], now + tonumber(ARGV[3]), ARGV[2])
return 1
"""

_COUNT = f"{_FREE} return free"


def announce(redis: Redis, process_id: str, capacity: int, now: float) -> None:
    """Say that a process is alive and how many calls it holds; to be repeated every 5 s or so."""
    with redis.pipeline() as pipeline:
        pipeline.hset(_CAPACITIES, process_id, str(capacity))
        pipeline.zadd(_ALIVE_UNTIL, {process_id: now + ANNOUNCEMENT_LASTS_S})
        pipeline.execute()


def withdraw(redis: Redis, process_id: str) -> None:
    """Say that a process takes no more calls."""
    with redis.pipeline() as pipeline:
        pipeline.hdel(_CAPACITIES, process_id)
        pipeline.zrem(_ALIVE_UNTIL, process_id)
        pipeline.execute()


def reserve(redis: Redis, attempt: str, now: float, expires_s: float) -> bool:
    """Reserve a slot for an attempt; one that it has already is kept and lasts anew.

    Returns:
        False when every slot is taken.
    """
    return bool(redis.eval(_RESERVE, 3, *_KEYS, str(now), attempt, str(expires_s)))


def hold(redis: Redis, attempt: str, now: float, expires_s: float) -> None:
    """Count a call that is already live, slot or not, should Redis have forgotten it."""
    redis.zadd(_RESERVED_UNTIL, {attempt: now + expires_s}, nx=True)


def release(redis: Redis, attempt: str) -> None:
    """Give an attempt's slot back; where Redis cannot be told, the reservation expires."""
    try:
        redis.zrem(_RESERVED_UNTIL, attempt)
    except RedisError as error:
        log.warning("slot_not_released", error=type(error).__name__)


def holders(redis: Redis) -> list[str]:
    """Return the attempts that have a slot, those whose reservation has just expired among them."""
    attempts = cast(list[bytes], redis.zrange(_RESERVED_UNTIL, 0, -1))
    return [attempt.decode() for attempt in attempts]


def free(redis: Redis, now: float) -> int:
    """Return how many slots are free; below zero when a process with live calls has died."""
    return int(redis.eval(_COUNT, 3, *_KEYS, str(now)))


_KEYS = (_CAPACITIES, _ALIVE_UNTIL, _RESERVED_UNTIL)
