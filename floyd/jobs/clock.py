"""The clock: of all that run, exactly one acts, every five seconds, and when it dies another does.

Who acts is settled by a lease in Redis that its holder renews at every tick. Should two act for a
moment all the same, or none, nothing is lost or doubled: see `floyd.jobs.sweep`. At longer times it
has Twilio's list looked through: see `floyd.jobs.find_texts`.
"""

import threading
import uuid

import structlog
from peewee import PeeweeException
from redis import Redis
from redis.exceptions import RedisError

from floyd.clock import Clock
from floyd.jobs.sweep import sweep
from floyd.store import queue
from floyd.store.database import database

log = structlog.get_logger()

TICK_S = 5
LEASE_S = 12

_LEASE = "clock:holder"
_TEXTS_LOOKED_FOR = "clock:texts_looked_for"
_NO_ROW = 0
_RENEW = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_GIVE_UP = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
"""


class Ticker:
    """One of the clocks that could act.

    Args:
        redis: where the lease is.
        clock: what scales the time between ticks.
        find_texts_every_s: how often texts that never reached us are looked for.
    """

    def __init__(self, redis: Redis, clock: Clock, find_texts_every_s: float) -> None:
        self._redis = redis
        self._clock = clock
        self._find_texts_every_s = find_texts_every_s
        self._name = uuid.uuid4().hex

    def run(self, stop: threading.Event) -> None:
        """Tick until told to stop, then let another one act at once."""
        while not stop.is_set():
            self.tick()
            stop.wait(self._clock.real(TICK_S))
        self._give_up()

    def tick(self) -> bool:
        """Sweep if this is the clock that acts; return whether it is."""
        try:
            if not self._holds_the_lease():
                return False
            sweep(self._redis, self._clock)
            self._look_for_texts()
        except (RedisError, PeeweeException) as error:
            log.warning("tick_failed", error=type(error).__name__)
            return False
        finally:
            if not database.is_closed():
                database.close()
        return True

    def _holds_the_lease(self) -> bool:
        lasts_ms = max(1, round(self._clock.real(LEASE_S) * 1000))
        return bool(self._redis.eval(_RENEW, 1, _LEASE, self._name, str(lasts_ms)))

    def _look_for_texts(self) -> None:
        """Queue the look-up once a period, whichever clock acts; at once in an emptied Redis."""
        lasts_ms = round(self._clock.real(self._find_texts_every_s) * 1000)
        if self._redis.set(_TEXTS_LOOKED_FOR, 1, nx=True, px=lasts_ms):
            queue.enqueue("find_texts", _NO_ROW)

    def _give_up(self) -> None:
        try:
            self._redis.eval(_GIVE_UP, 1, _LEASE, self._name)
        except RedisError as error:
            log.warning("lease_not_given_up", error=type(error).__name__)
