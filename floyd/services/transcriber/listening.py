"""One call's audio in, its transcripts out, over streams that come and go.

Decides nothing: `Relay` does. Each stream runs in a task of its own; what it hears, and that it has
ended, comes to one queue.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from functools import partial

from floyd.clock import Clock
from floyd.errors import TranscriberError
from floyd.services.transcriber.protocol import Transcript
from floyd.services.transcriber.relay import Relay, Result, StreamLife

_CATCHING_UP_EVERY_S = 0.1

Recognise = Callable[[AsyncIterator[bytes], Callable[[], None]], AsyncGenerator[Result]]
"""Carries one stream: from audio, and what to call when its service is reached, to its results.

It raises TranscriberError when the stream breaks.
"""

_Happened = tuple[int, Result | BaseException | None]
"""A stream's number, and what it has heard, or that it has ended with an error or without."""


class RelayedListening:
    """Listens to one call until it is closed.

    Args:
        recognise: carries one stream.
        life: how long a stream is used.
        clock: whose time counts.
    """

    def __init__(self, recognise: Recognise, life: StreamLife, clock: Clock) -> None:
        self._recognise = recognise
        self._clock = clock
        self._relay = Relay(life)
        self._running: dict[int, asyncio.Task[None]] = {}
        self._audio_came: dict[int, asyncio.Event] = {}
        self._happened: asyncio.Queue[_Happened] = asyncio.Queue()
        self._closed = False

    def send(self, mulaw: bytes) -> None:
        """Queue audio; of what cannot be sent the latest is kept."""
        if self._closed:
            return
        self._relay.hear(mulaw)
        for number, came in self._audio_came.items():
            if self._relay.has_batch(number):
                came.set()

    async def transcripts(self) -> AsyncGenerator[Transcript]:
        """Yield transcripts until the call is closed."""
        try:
            while not self._relay.over:
                self._relay.pass_time(self._now())
                self._start_and_stop()
                for transcript in self._take_in(await self._next()):
                    yield transcript
        finally:
            self._closed = True
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def close(self) -> None:
        """End the stream; what is unanswered yet is still read."""
        self._closed = True
        self._relay.close()
        for came in self._audio_came.values():
            came.set()

    def _now(self) -> float:
        return self._clock.monotonic()

    def _start_and_stop(self) -> None:
        """Let just those streams run that are to run."""
        wanted = self._relay.streams
        for number in self._running.keys() - wanted:
            self._running.pop(number).cancel()
            del self._audio_came[number]
        for number in wanted - self._running.keys():
            came = self._audio_came[number] = asyncio.Event()
            task = asyncio.create_task(self._run(number, came))
            task.add_done_callback(partial(self._note_done, number))
            self._running[number] = task

    async def _next(self) -> _Happened | None:
        """Wait for what happens next, or until streams are to be looked after."""
        try:
            async with self._clock.timeout(self._relay.looked_after_in_s):
                return await self._happened.get()
        except TimeoutError:
            return None

    def _take_in(self, happened: _Happened | None) -> list[Transcript]:
        if happened is None:
            return []
        number, what = happened
        if isinstance(what, Result):
            return self._relay.heard(number, what, self._now())
        self._note_end(number, what)
        return []

    def _note_done(self, number: int, task: asyncio.Task[None]) -> None:
        self._happened.put_nowait((number, None if task.cancelled() else task.exception()))

    def _note_end(self, number: int, error: BaseException | None) -> None:
        """Take in how a stream has ended, unless it was to."""
        if self._running.pop(number, None) is None:
            return
        del self._audio_came[number]
        if error and not (isinstance(error, TranscriberError) and error.retryable):
            raise error
        self._relay.ended(number, self._now())
        if self._relay.given_up:
            message = "the recogniser could not be reached for too long"
            raise TranscriberError(message, retryable=True) from error

    async def _run(self, number: int, came: asyncio.Event) -> None:
        def connected() -> None:
            self._relay.connected(number, self._now())

        async with aclosing(self._recognise(self._audio(number, came), connected)) as results:
            async for result in results:
                self._happened.put_nowait((number, result))

    async def _audio(self, number: int, came: asyncio.Event) -> AsyncGenerator[bytes]:
        """Yield what a stream is sent, in batches."""
        while not self._relay.is_sent_all(number):
            if batch := self._relay.next_batch(number, self._now()):
                yield batch
            elif self._relay.has_batch(number):
                await self._clock.sleep(_CATCHING_UP_EVERY_S)
            else:
                came.clear()
                await came.wait()
