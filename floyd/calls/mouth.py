"""Floyd's mouth: replies become sound on the line, in the order in which they were released.

A reply is written by the model and voiced clause by clause at the same time. Until it is released
its sound is held back; then it goes out as it comes. It decides nothing: the core says what to
make, to release, to drop and to silence, and is told of every step.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

from floyd.calls.audio import seconds, without_leading_quiet
from floyd.calls.clauses import Clauses
from floyd.calls.reading_aloud import READINGS_AT_MOST, read_aloud
from floyd.calls.vocabulary import (
    ClauseMisread,
    ClauseSent,
    ClauseWritten,
    Event,
    ReplyBegun,
    ReplyFailed,
    ReplyWritten,
    SoundReady,
    SoundSent,
    ToolCalled,
)
from floyd.errors import VoiceError
from floyd.services.model.protocol import ToolCall
from floyd.services.voice.protocol import Speaking
from floyd.services.voice.reading import compare

log = logging.getLogger(__name__)

Emit = Callable[[Event], None]


class Line(Protocol):
    """The way to the callee's ear."""

    def play(self, mulaw: bytes) -> None:
        """Queue sound at the phone company."""
        ...

    def mark(self, name: str) -> None:
        """Queue a mark behind it."""
        ...

    def clear(self) -> None:
        """Empty the phone company's queue."""
        ...


@dataclass(frozen=True, slots=True)
class _Sound:
    clause: int
    mulaw: bytes


@dataclass(frozen=True, slots=True)
class _ClauseEnd:
    clause: int


@dataclass
class _Making:
    """A reply that is being made: what it has ready is `held` until it is its turn to be heard."""

    reply: int
    released: bool = False
    ready: bool = False
    sounded: bool = False
    done: bool = False
    task: asyncio.Task[None] | None = None
    held: deque[_Sound | _ClauseEnd] = field(default_factory=deque)


class Mouth:
    """Makes and speaks the replies of one call.

    Args:
        line: where sound goes.
        voice: opens on first use; awaited by whoever needs it.
        clips: speech that is ready, by its text.
        emit: told of every step, on the loop's thread.
    """

    def __init__(
        self, line: Line, voice: asyncio.Task[Speaking], clips: Mapping[str, bytes], emit: Emit
    ) -> None:
        self._line = line
        self._voice = voice
        self._clips = clips
        self._emit = emit
        self._makings: dict[int, _Making] = {}
        self._order: list[_Making] = []
        self._marks = 0

    def generate(self, reply: int, pieces: AsyncIterator[str | ToolCall]) -> None:
        """Begin to make a reply of what the model writes; it is held back."""
        making = _Making(reply)
        self._makings[reply] = making
        making.task = asyncio.create_task(
            self._guard(making, lambda: self._generate(making, pieces))
        )

    def say(self, reply: int, text: str, *, ahead: bool) -> None:
        """Speak a scripted text, at once if a clip of it is ready."""
        making = _Making(reply, released=True)
        self._makings[reply] = making
        silent = (i for i, other in enumerate(self._order) if not other.sounded)
        place = next(silent, len(self._order)) if ahead else len(self._order)
        self._order.insert(place, making)
        making.task = asyncio.create_task(self._guard(making, lambda: self._say(making, text)))

    def release(self, reply: int) -> None:
        """Let a reply be heard, behind those that were released before."""
        making = self._makings.get(reply)
        if making and not making.released:
            making.released = True
            self._order.append(making)
            self._advance()

    def drop(self, reply: int) -> None:
        """Stop making a reply."""
        making = self._makings.get(reply)
        if making:
            self._stop(making)
            self._advance()

    def clear(self) -> None:
        """Stop all that was released, and silence the line."""
        for making in list(self._order):
            self._stop(making)
        self._line.clear()

    def silence(self) -> None:
        """Silence the line only."""
        self._line.clear()

    async def close(self) -> None:
        """Stop everything and wait for it."""
        tasks = [making.task for making in self._makings.values() if making.task]
        for making in list(self._makings.values()):
            self._stop(making)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _stop(self, making: _Making) -> None:
        self._makings.pop(making.reply, None)
        if making in self._order:
            self._order.remove(making)
        if making.task:
            making.task.cancel()

    # --- Making a reply ---------------------------------------------------------------------------

    async def _guard(
        self, making: _Making, work: Callable[[], Coroutine[None, None, None]]
    ) -> None:
        """The door of a reply: whatever breaks in its making is logged and told to the core.

        The core is told before the next reply may sound: it may want that silenced.
        """
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the reply's door
            log.warning("a reply broke off: %s", _kinds(error))
            making.done = True
            self._emit(ReplyFailed(making.reply))
        else:
            making.done = True
            self._emit(ReplyWritten(making.reply))
        self._advance()

    async def _say(self, making: _Making, text: str) -> None:
        self._emit(ClauseWritten(making.reply, 0, text))
        clip = self._clips.get(text)
        if clip:
            self._ready(making, _Sound(0, clip))
            self._ready(making, _ClauseEnd(0))
        else:
            await self._voice_clause(making, 0, text)

    async def _generate(self, making: _Making, pieces: AsyncIterator[str | ToolCall]) -> None:
        clauses: asyncio.Queue[str | None] = asyncio.Queue()
        async with asyncio.TaskGroup() as both:
            both.create_task(self._write(making, pieces, clauses))
            both.create_task(self._voice_clauses(making, clauses))

    async def _write(
        self,
        making: _Making,
        pieces: AsyncIterator[str | ToolCall],
        clauses: asyncio.Queue[str | None],
    ) -> None:
        """Cut what the model writes into clauses, and hand each on as soon as it is whole."""
        splitter, count, begun = Clauses(), 0, False
        async for piece in pieces:
            if not begun:
                begun = True
                self._emit(ReplyBegun(making.reply))
            if isinstance(piece, ToolCall):
                self._emit(ToolCalled(making.reply, piece.name, piece.arguments))
                continue
            for clause in splitter.feed(piece):
                self._emit(ClauseWritten(making.reply, count, clause))
                clauses.put_nowait(clause)
                count += 1
        for clause in splitter.close():
            self._emit(ClauseWritten(making.reply, count, clause))
            clauses.put_nowait(clause)
        clauses.put_nowait(None)

    async def _voice_clauses(self, making: _Making, clauses: asyncio.Queue[str | None]) -> None:
        number = 0
        while (clause := await clauses.get()) is not None:
            await self._voice_clause(making, number, clause)
            number += 1

    async def _voice_clause(self, making: _Making, number: int, text: str) -> None:
        """Voice a clause: the first goes out as it comes, a later one once it is read rightly.

        There is time for that: sound comes faster than it plays, and the clause before still does.
        """
        voice = await asyncio.shield(self._voice)
        if number > 0:
            self._ready(making, _Sound(number, await read_aloud(voice, text)))
        else:
            for _ in range(READINGS_AT_MOST):
                said = await self._read_streaming(making, voice, text)
                if said is None:
                    break
                self._misread(making, said)
            else:
                raise VoiceError("the voice misreads the text")
        self._ready(making, _ClauseEnd(number))

    async def _read_streaming(self, making: _Making, voice: Speaking, text: str) -> str | None:
        """Send a first clause while it is read; return what was said instead if it is misread."""
        said, began = "", False
        async with aclosing(voice.speak(text)) as pieces:
            async for piece in pieces:
                said += piece.words
                sound = piece.mulaw if began else without_leading_quiet(piece.mulaw)
                if sound:
                    began = True
                    self._ready(making, _Sound(0, sound))
                if compare(text, said, finished=False).harmful:
                    return said
        return said if compare(text, said).harmful else None

    def _misread(self, making: _Making, said: str) -> None:
        making.held.clear()
        if making.sounded:
            making.sounded = False
            self._emit(ClauseMisread(making.reply, 0, said))

    # --- Sending it -------------------------------------------------------------------------------

    def _ready(self, making: _Making, item: _Sound | _ClauseEnd) -> None:
        if isinstance(item, _Sound) and not making.ready:
            making.ready = True
            self._emit(SoundReady(making.reply))
        making.held.append(item)
        self._advance()

    def _advance(self) -> None:
        """Send what the foremost reply has ready; once it is through, go on with the next."""
        # What is sent is told to the core, which may stop replies: look anew after each piece.
        while self._order:
            making = self._order[0]
            if making.held:
                self._send(making, making.held.popleft())
            elif making.done:
                self._order.pop(0)
                self._makings.pop(making.reply, None)
            else:
                return

    def _send(self, making: _Making, item: _Sound | _ClauseEnd) -> None:
        if isinstance(item, _Sound):
            making.sounded = True
            self._line.play(item.mulaw)
            self._emit(SoundSent(making.reply, item.clause, seconds(item.mulaw)))
        else:
            self._marks += 1
            name = f"{making.reply}.{item.clause}.{self._marks}"
            self._line.mark(name)
            self._emit(ClauseSent(making.reply, item.clause, name))


def _kinds(error: BaseException) -> str:
    """Return what kinds of error these are, without their words, which may quote speech."""
    if isinstance(error, BaseExceptionGroup):
        return ", ".join(_kinds(inner) for inner in error.exceptions)
    return type(error).__name__
