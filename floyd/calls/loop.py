"""The one loop that carries all live calls of a process, in a thread of its own.

It is made after the fork and never preloaded: gRPC and the connections of the model's client live
on it. A door thread hands it a socket and sleeps until the call has ended.
"""

import asyncio
import json
import logging
import os
import threading
import uuid
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

import redis.asyncio
import uvloop
from redis.exceptions import RedisError

from floyd.calls import clips, slots
from floyd.calls.arrival import Arrival
from floyd.calls.live_call import LiveCall
from floyd.calls.media_socket import MediaSocket
from floyd.calls.writer import Writer
from floyd.services import LiveServices
from floyd.services.build import for_calls
from floyd.services.timeouts import patience
from floyd.settings import Settings
from floyd.store.notices import call_channel

log = logging.getLogger(__name__)

_ANNOUNCE_EVERY_S = 5.0
_RECONNECT_AFTER_S = 1.0
_PHRASES_KEPT_EVERY_S = 3600.0
_PHRASES_TRIED_AGAIN_AFTER_S = 60.0
_PHRASES_TAKE_AT_MOST_S = 120.0


class CallLoop:
    """Carries the live calls of this process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clock = settings.clock
        self._process_id = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._calls: dict[str, LiveCall] = {}
        self._leaving = False
        self._withdrawing: asyncio.Task[None] | None = None
        self._loop = uvloop.new_event_loop()
        self._writer = Writer(self._clock)
        self._services: LiveServices | None = None
        self._pubsub: redis.asyncio.client.PubSub | None = None
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), name="call-loop", daemon=True).start()
        ready.wait()

    def carry(self, arrival: Arrival) -> bool:
        """Carry a call; returns when it has ended and everything about it is stored.

        Returns:
            False when this process had become full while the call was at the door: it was not
            touched.
        """
        return self._submit(self._carry(arrival)).result()

    def hand_over(self) -> None:
        """Leave all calls to other processes, each at its next good moment; returns at once.

        Safe to be called from a signal handler.
        """
        self._loop.call_soon_threadsafe(self._hand_over)

    def has_room_for(self, attempt: str) -> bool:
        """Say whether this process takes a call: one more, or in place of its own older stream."""
        others = len(self._calls) - (attempt in self._calls)
        return not self._leaving and others < self._settings.floyd_max_calls

    def _submit(self, work: Coroutine[Any, Any, bool]) -> Future[bool]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._services = for_calls(self._settings)
        self._loop.run_until_complete(self._live(ready))

    async def _live(self, ready: threading.Event) -> None:
        assert self._services is not None
        self._services.warm_up()
        ready.set()
        await asyncio.gather(self._announce(), self._listen_for_notices(), self._keep_phrases())

    async def _carry(self, arrival: Arrival) -> bool:
        assert self._services is not None
        if not self.has_room_for(arrival.brief.attempt):
            arrival.socket.close()
            return False
        call = LiveCall(arrival, self._services, self._writer)
        older = self._calls.get(call.attempt)
        if older:
            older.end()
        self._calls[call.attempt] = call
        # Not waited for: a Redis that does not answer must not keep a callee waiting.
        following = self._loop.create_task(self._subscribe(call.attempt))
        try:
            await call.carry(self._take_over(arrival, call))
        finally:
            following.cancel()
            if self._calls.get(call.attempt) is call:
                del self._calls[call.attempt]
                await self._unsubscribe(call.attempt)
        return True

    async def _take_over(self, arrival: Arrival, call: LiveCall) -> MediaSocket:
        _, media_socket = await self._loop.connect_accepted_socket(
            lambda: MediaSocket(arrival.protocol, arrival.messages, call.message_came, call.end),
            arrival.socket,
        )
        return media_socket

    def _hand_over(self) -> None:
        self._leaving = True
        self._withdrawing = self._loop.create_task(self._withdraw())
        for call in list(self._calls.values()):
            call.hand_over()

    async def _keep_phrases(self) -> None:
        """Have ready what must be said at once: nobody who calls Floyd waits for a voice."""
        assert self._services is not None
        services = self._services
        while not self._leaving:
            pause_s = _PHRASES_KEPT_EVERY_S
            try:
                async with asyncio.timeout(patience(self._clock, _PHRASES_TAKE_AT_MOST_S)):
                    await clips.keep_phrases(self._settings, services.redis, services.voice)
            except Exception as error:  # noqa: BLE001 - goes on, whatever breaks: it keeps the loop
                log.warning("standing phrases are not all kept: %s", type(error).__name__)
                pause_s = _PHRASES_TRIED_AGAIN_AFTER_S
            await self._clock.sleep(pause_s)

    # --- What this process and the others tell each other -----------------------------------------

    async def _announce(self) -> None:
        """Say again and again how many calls this process holds, until it takes no more."""
        assert self._services is not None
        while not self._leaving:
            try:
                await asyncio.to_thread(
                    slots.announce,
                    self._services.redis,
                    self._process_id,
                    self._settings.floyd_max_calls,
                    self._clock.now(),
                )
            except Exception as error:  # noqa: BLE001 - goes on, whatever breaks: it keeps the loop
                log.warning("slots were not announced: %s", type(error).__name__)
            await self._clock.sleep(_ANNOUNCE_EVERY_S)

    async def _withdraw(self) -> None:
        assert self._services is not None
        try:
            await asyncio.to_thread(slots.withdraw, self._services.redis, self._process_id)
        except RedisError as error:
            log.warning("slots are announced for a little longer: %s", type(error).__name__)

    async def _listen_for_notices(self) -> None:
        while True:
            client = redis.asyncio.Redis.from_url(self._settings.redis_url)
            try:
                self._pubsub = client.pubsub(ignore_subscribe_messages=True)
                await self._pubsub.subscribe("calls", *map(call_channel, self._calls))
                async for message in self._pubsub.listen():
                    self._deliver(message["channel"].decode(), json.loads(message["data"]))
            except Exception as error:  # noqa: BLE001 - the notices' door: no notice may end calls
                log.warning("no notices for now: %s", type(error).__name__)
            finally:
                self._pubsub = None
                await client.aclose()
            await self._clock.sleep(_RECONNECT_AFTER_S)

    def _deliver(self, channel: str, notice: dict[str, Any]) -> None:
        for attempt, call in list(self._calls.items()):
            if channel == call_channel(attempt):
                call.notice_came(notice)

    async def _subscribe(self, attempt: str) -> None:
        try:
            if self._pubsub:
                await self._pubsub.subscribe(call_channel(attempt))
        except RedisError as error:
            log.warning("no notices for a call: %s", type(error).__name__)

    async def _unsubscribe(self, attempt: str) -> None:
        try:
            if self._pubsub:
                await self._pubsub.unsubscribe(call_channel(attempt))
        except RedisError as error:
            log.warning("notices stay subscribed: %s", type(error).__name__)


_the_loop: CallLoop | None = None
_making = threading.Lock()


def the_loop(settings: Settings) -> CallLoop:
    """Return this process's loop, made on first use."""
    global _the_loop
    with _making:
        if _the_loop is None:
            _the_loop = CallLoop(settings)
        return _the_loop


def hand_over() -> None:
    """Leave all live calls of this process to others; for its SIGTERM."""
    if _the_loop:
        _the_loop.hand_over()
