"""One media stream in real time: 20 ms of a callee's sound every 20 ms, Floyd's sound played."""

import asyncio
import base64
import time
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Protocol, cast

import orjson
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

from bench.figures import Lag
from bench.line.messages import Messages, payload
from bench.line.playback import Playback, QueuedMark
from bench.speech import FRAME_MS, SILENCE

_FRAME_S = FRAME_MS / 1000
_BYTES_A_SECOND = 8000
_OPENS_WITHIN_S = 10.0
_CLOSES_WITHIN_S = 3.0


class LineLost(Exception):
    """The socket was refused, or is gone while the callee still wanted to talk."""


class Ear(Protocol):
    """Whoever listens to what Floyd says; times are those of `time.monotonic`."""

    def sound(self, mulaw: bytes, at_s: float, silent_s: float) -> None:
        """Floyd's sound came, after the line had been silent for so long."""
        ...

    def fell_silent(self) -> None:
        """All that Floyd has said until now has played."""
        ...

    def clear(self, at_s: float) -> None:
        """Floyd took back what has not played."""
        ...


@dataclass(frozen=True)
class StreamStart:
    """How a stream is opened: its socket, Twilio's signature of it, and who it is."""

    url: str
    signature: str
    account_sid: str
    call_sid: str
    stream_sid: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Spoken:
    """When the first and the last frame of an utterance were sent."""

    first_s: float
    last_s: float


class MediaLine(asyncio.Protocol):
    """A callee's line. It belongs to the running loop.

    Args:
        start: how it is opened.
        ear: is told what Floyd does.
        lag: takes down how late each frame was sent.
        background: what sounds while the callee is silent, over and over.
    """

    def __init__(
        self, start: StreamStart, ear: Ear, lag: Lag, background: Iterable[bytes] = (SILENCE,)
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._start = start
        self._ear = ear
        self._lag = lag
        self._background = cycle([payload(frame) for frame in background])
        self._messages = Messages(start.stream_sid, start.account_sid, start.call_sid)
        self._protocol = ClientProtocol(parse_uri(start.url))
        self._transport: asyncio.Transport | None = None
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self._playback = Playback()
        self._began_s = 0.0
        self._chunk = 0
        self._pacer: asyncio.TimerHandle | None = None
        self._speech: deque[bytes] = deque()
        self._first_s = 0.0
        self._spoken: asyncio.Future[Spoken] | None = None

    async def open(self) -> None:
        """Connect and begin to send.

        Raises:
            LineLost: Floyd refused it.
        """
        uri = parse_uri(self._start.url)
        try:
            async with asyncio.timeout(_OPENS_WITHIN_S):
                await self._loop.create_connection(lambda: self, uri.host, uri.port)
                await self._opened
        except (OSError, TimeoutError) as error:
            raise LineLost(f"no media socket: {type(error).__name__}") from error
        self._write(self._messages.opening(self._start.parameters))
        self._began_s = time.monotonic()
        self._pacer = self._loop.call_later(_FRAME_S, self._send_frames)

    async def speak(self, frames: Iterable[bytes]) -> Spoken:
        """Say something; returns when its last frame was sent.

        Raises:
            LineLost: the line broke meanwhile.
        """
        self._speech.extend(payload(frame) for frame in frames)
        self._first_s = 0.0
        self._spoken = self._loop.create_future()
        await asyncio.wait((self._spoken, self.lost), return_when=asyncio.FIRST_COMPLETED)
        if not self._spoken.done():
            raise LineLost("while the callee spoke")
        return self._spoken.result()

    async def hang_up(self) -> None:
        """End the stream and wait until its socket is closed."""
        if self._transport is None or self.lost.done():
            return
        if self._pacer:
            self._pacer.cancel()
        self._write(self._messages.stop())
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSES_WITHIN_S):
                await asyncio.shield(self.lost)
        self._transport.abort()

    # --- Sending ----------------------------------------------------------------------------------

    def _send_frames(self) -> None:
        """Send all frames that are due: after a delay of our own, what was missed goes first."""
        now_s = time.monotonic()
        self._lag.note(now_s - self._due_s(self._chunk + 1))
        while self._due_s(self._chunk + 1) <= now_s:
            self._chunk += 1
            self._write(self._messages.media(self._chunk, self._next_payload(now_s)))
        delay_s = self._due_s(self._chunk + 1) - time.monotonic()
        self._pacer = self._loop.call_later(max(0.0, delay_s), self._send_frames)

    def _due_s(self, chunk: int) -> float:
        return self._began_s + chunk * _FRAME_S

    def _next_payload(self, now_s: float) -> bytes:
        background = next(self._background)
        if not self._speech:
            return background
        self._first_s = self._first_s or now_s
        frame = self._speech.popleft()
        if not self._speech and self._spoken and not self._spoken.done():
            self._spoken.set_result(Spoken(self._first_s, now_s))
        return frame

    def _write(self, data: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(data)

    # --- Receiving --------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade, as Twilio signs it."""
        self._transport = cast(asyncio.Transport, transport)
        request = self._protocol.connect()
        request.headers["X-Twilio-Signature"] = self._start.signature
        self._protocol.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Take in what Floyd sends."""
        now_s = time.monotonic()
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Response):
                self._upgraded(event)
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._obey(orjson.loads(event.data), now_s)
        self._flush()

    def eof_received(self) -> None:
        """Tell the protocol that Floyd sends no more."""
        self._protocol.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Send no more."""
        if self._pacer:
            self._pacer.cancel()
        if not self._opened.done():
            self._opened.set_exception(ConnectionResetError())
        if not self.lost.done():
            self.lost.set_result(None)

    def _upgraded(self, response: Response) -> None:
        if self._protocol.handshake_exc is None and not self._opened.done():
            self._opened.set_result(None)
        elif not self._opened.done():
            self._opened.set_exception(ConnectionRefusedError(str(response.status_code)))

    def _obey(self, message: dict[str, Any], now_s: float) -> None:
        if message["event"] == "media":
            mulaw = base64.b64decode(message["media"]["payload"])
            silent_s = self._playback.play(len(mulaw) / _BYTES_A_SECOND, now_s)
            self._ear.sound(mulaw, now_s, silent_s)
        elif message["event"] == "mark":
            queued = self._playback.mark(message["mark"]["name"], now_s)
            self._loop.call_later(max(0.0, queued.at_s - now_s), self._reach, queued)
        elif message["event"] == "clear":
            for name in self._playback.clear(now_s):
                self._write(self._messages.mark(name))
            self._ear.clear(now_s)

    def _reach(self, queued: QueuedMark) -> None:
        if self._playback.reached(queued):
            self._write(self._messages.mark(queued.name))
            if self._playback.is_quiet(queued.at_s):
                self._ear.fell_silent()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data and self._transport:
                self._transport.write(data)
            elif self._transport:
                self._transport.write_eof()
