"""The ordered background writer: what a call must keep goes to the database here, off the loop.

A slow or locked database delays rows, never sound. Rows of all calls of the process are written in
the order in which they were handed over, as many at once as a moment brings.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from peewee import EXCLUDED, InterfaceError, OperationalError

from floyd.calls.brief import CallBrief
from floyd.calls.event_codec import shortened, whole
from floyd.calls.progress import LIVE
from floyd.calls.vocabulary import Command, Event, RecordUtterance
from floyd.clock import Clock
from floyd.store.database import Writes, database, writing
from floyd.store.models import Call, CallEvent, Utterance

log = logging.getLogger(__name__)

_TRY_AGAIN_S = 0.5
_LOOKED_UP_AFTER_S = 3.0
_MOST_AT_ONCE = 500
# A commit for every event of every call took as much of the processor as the calls themselves.
_GATHERS_S = 0.05

Work = Callable[[Writes], None]


@dataclass(frozen=True)
class _Decided:
    """An event of a call's core and what it decided; commands are None where it broke."""

    call_id: int
    position: int
    at_s: float
    event: Event | CallBrief
    commands: Sequence[Command] | None

    def as_row(self) -> dict[str, Any]:
        return {
            "call": self.call_id,
            "position": self.position,
            "at_s": self.at_s,
            "event": whole(self.event),
            "commands": None if self.commands is None else shortened(self.commands),
        }


class Writer:
    """One thread that writes, for all calls of a process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._queue: SimpleQueue[Work | _Decided | asyncio.Future[None]] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="call-writer", daemon=True)
        self._thread.start()

    def utterance(self, call_id: int, said: RecordUtterance, offset_s: float) -> None:
        """Store an utterance, or correct the one at its position."""
        row = {
            "call": call_id,
            "position": said.position,
            "speaker": said.speaker,
            "text": said.text,
            "meant": said.meant,
            "started_s": said.started_s + offset_s,
            "ended_s": said.ended_s + offset_s,
            "timings": said.timings,
        }
        self._queue.put(lambda _: _upsert(row))

    def event(
        self,
        call_id: int,
        position: int,
        at_s: float,
        event: Event | CallBrief,
        commands: Sequence[Command] | None,
    ) -> None:
        """Keep an event of the core and what it decided; None: it broke."""
        self._queue.put(_Decided(call_id, position, at_s, event, commands))

    def finish(self, call_id: int, generation: int, finish: dict[str, Any]) -> None:
        """Store what a conversation concluded, unless a newer stream of the call goes on."""
        newest = (Call.id == call_id) & (Call.token_used == generation)
        self._queue.put(lambda _: Call.update(finish=finish).where(newest).execute())

    def settle(self, call_id: int, generation: int) -> None:
        """Note that all of a stream is stored, unless a newer one has begun; have it reported.

        The call has probably ended. Twilio is asked soon: a number may be set up without callbacks.
        """
        now = self._clock.now()
        newest = (Call.id == call_id) & (Call.token_used == generation)

        def work(writes: Writes) -> None:
            Call.update(settled_at=now).where(newest).execute()
            Call.update(due_at=now + _LOOKED_UP_AFTER_S).where(
                newest & Call.state.in_(LIVE)
            ).execute()
            writes.look_at("report_call", call_id)

        self._queue.put(work)

    async def flushed(self) -> None:
        """Wait until everything handed over so far is committed."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put(future)
        await future

    def _run(self) -> None:
        while True:
            batch = self._gather()
            self._write([work for work in batch if not isinstance(work, asyncio.Future)])
            for waiting in batch:
                if isinstance(waiting, asyncio.Future):
                    waiting.get_loop().call_soon_threadsafe(_resolve, waiting)

    def _gather(self) -> list[Any]:
        """Wait for something to write, and a moment for more of it unless somebody waits."""
        batch = [self._queue.get()]
        until = self._clock.monotonic() + _GATHERS_S
        while len(batch) < _MOST_AT_ONCE and not isinstance(batch[-1], asyncio.Future):
            left_s = self._clock.real(until - self._clock.monotonic())
            try:
                batch.append(self._queue.get(timeout=max(0.0, left_s)))
            except Empty:
                break
        return batch

    def _write(self, batch: list[Work | _Decided]) -> None:
        while batch:
            try:
                with database.connection_context(), writing() as writes:
                    _write_all(batch, writes)
                return
            except (OperationalError, InterfaceError) as error:
                log.warning("call rows wait for the database: %s", type(error).__name__)
                self._clock.block(_TRY_AGAIN_S)
            except Exception as error:  # noqa: BLE001 - the thread's door: all calls need it
                batch = self._without_the_bad(batch, error)

    def _without_the_bad(
        self, batch: list[Work | _Decided], error: Exception
    ) -> list[Work | _Decided]:
        """One row that cannot be written must not take the others along: write them singly."""
        log.error("a call row was refused: %s", type(error).__name__)
        if len(batch) > 1:
            for work in batch:
                self._write([work])
        return []


def _write_all(batch: Sequence[Work | _Decided], writes: Writes) -> None:
    """Write rows; the events, which are most of them, in one statement."""
    for work in batch:
        if not isinstance(work, _Decided):
            work(writes)
    events = [decided.as_row() for decided in batch if isinstance(decided, _Decided)]
    if events:
        CallEvent.insert_many(events).on_conflict_ignore().execute()


def _upsert(row: dict[str, Any]) -> None:
    changed = ("text", "meant", "started_s", "ended_s", "timings")
    Utterance.insert(row).on_conflict(
        conflict_target=[Utterance.call, Utterance.position],
        update={getattr(Utterance, name): getattr(EXCLUDED, name) for name in changed},
    ).execute()


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
