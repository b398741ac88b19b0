"""OpenAI's Realtime API as a reader: text goes in, 8 kHz mu-law and the words really said come out.

One session a call, over one socket. Every text is a response of its own, outside any conversation,
so that nothing said before changes how it is read. The SDK dials and carries; its parsing of every
event is too slow for 40 calls, so events are read here.
"""

import asyncio
import base64
import contextlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any, Protocol

import orjson

from floyd import prompts
from floyd.clock import Clock
from floyd.errors import VoiceError
from floyd.services import openai_client
from floyd.services.timeouts import patience
from floyd.services.voice.protocol import Speaking, Spoken
from floyd.settings import Settings

_OPEN_S = 5
# Shorter than a call waits for its reply: the second try is then made on another socket.
_SILENCE_S = 3
_OUTPUT_TOKENS = 4096
_LARGEST_EVENT = 1 << 20


class RealtimeVoice:
    """Opens reading sessions. Belongs to the loop on which it is first used."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def open(self) -> Speaking:
        """Return a session that is ready to read."""
        session = _ReadingSession(self._dial, self._settings.floyd_voice_name, self._clock)
        await session.connect()
        return session

    def warm_up(self) -> None:
        """Make the client now."""
        _ = self._client

    async def close(self) -> None:
        """Let go of the client; sessions are closed by those who opened them."""
        if "_client" in vars(self):
            await self._client.close()

    async def _dial(self) -> "_Socket":
        return await self._client.realtime.connect(
            model=self._settings.floyd_voice_model,
            websocket_connection_options={"max_size": _LARGEST_EVENT, "compression": None},
        ).enter()

    @cached_property
    def _client(self) -> openai_client.LiveClient:
        return openai_client.voice_client(self._settings, self._clock)


class _Socket(Protocol):
    """What the SDK's connection does for us."""

    async def recv_bytes(self) -> bytes: ...
    async def send_raw(self, data: bytes | str) -> None: ...
    async def close(self) -> None: ...


class _Dial(Protocol):
    async def __call__(self) -> _Socket: ...


class _Lost(VoiceError):
    """The socket went away."""


@dataclass
class _Reading:
    """One text that is being read.

    Attributes:
        pieces: what came of it; None at its end.
        response_id: OpenAI's name for it, once it is known.
    """

    id: str
    pieces: "asyncio.Queue[Spoken | VoiceError | None]" = field(default_factory=asyncio.Queue)
    response_id: str | None = None


class _ReadingSession:
    """A voice for one call.

    A reading is found by the id in its metadata until OpenAI has named its response. What belongs
    to no reading any more was cancelled and is dropped.
    """

    def __init__(self, dial: _Dial, voice_name: str, clock: Clock) -> None:
        self._dial = dial
        self._voice_name = voice_name
        self._clock = clock
        self._ids = (f"reading-{number}" for number in count(1))
        self._asked: dict[str, _Reading] = {}
        self._answered: dict[str, _Reading] = {}
        self._socket: _Socket | None = None
        self._listener: asyncio.Task[None] | None = None
        self._dialling = asyncio.Lock()
        self._events = 0

    async def connect(self) -> None:
        """Dial and set the session up.

        Raises:
            VoiceError: OpenAI cannot be reached, or refuses.
        """
        await self.close()
        with openai_client.service_errors(VoiceError, "open the voice"):
            async with asyncio.timeout(patience(self._clock, _OPEN_S)):
                socket = await self._dial()
                try:
                    await _set_up(socket, self._voice_name)
                except BaseException:
                    await socket.close()
                    raise
        self._socket = socket
        self._listener = asyncio.create_task(self._listen(socket))

    async def speak(self, text: str) -> AsyncGenerator[Spoken]:
        """Yield the reading of a text; a socket found dead before its first piece is redialled."""
        for once_more in (True, False):
            begun = False
            try:
                async with aclosing(self._read(text)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except _Lost:
                if begun or not once_more:
                    raise

    async def close(self) -> None:
        """Hang up on OpenAI."""
        socket, self._socket = self._socket, None
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.cancel()
            await asyncio.wait([listener])
        if socket is not None:
            with contextlib.suppress(VoiceError), openai_client.service_errors(VoiceError, "close"):
                await socket.close()

    async def _read(self, text: str) -> AsyncGenerator[Spoken]:
        async with self._dialling:
            if self._socket is None:
                await self.connect()
        reading = _Reading(next(self._ids))
        self._asked[reading.id] = reading
        try:
            await self._send(_read_aloud(reading.id, text))
            while (piece := await self._next(reading)) is not None:
                yield piece
        finally:
            await self._forget(reading)

    async def _next(self, reading: _Reading) -> Spoken | None:
        events_before = self._events
        try:
            async with asyncio.timeout(patience(self._clock, _SILENCE_S)):
                piece = await reading.pieces.get()
        except TimeoutError as error:
            if self._events == events_before:
                self._abandon()
            raise VoiceError("the voice fell silent", retryable=True) from error
        if isinstance(piece, VoiceError):
            raise piece
        return piece

    def _abandon(self) -> None:
        """Leave a socket that says nothing at all any more: the next text dials anew.

        It is not closed: that would wait for its answer. The SDK's pings find it dead soon.
        """
        self._socket = None
        if self._listener is not None:
            self._listener.cancel()

    async def _forget(self, reading: _Reading) -> None:
        """Cancel a reading unless it has ended; one without a name is cancelled when it gets it."""
        self._asked.pop(reading.id, None)
        if self._answered.pop(reading.response_id or "", None) is not None:
            await self._cancel(str(reading.response_id))

    async def _cancel(self, response_id: str) -> None:
        with contextlib.suppress(VoiceError):
            await self._send({"type": "response.cancel", "response_id": response_id})

    async def _send(self, event: dict[str, Any]) -> None:
        if self._socket is None:
            raise _Lost("the voice's connection is gone", retryable=True)
        with openai_client.service_errors(_Lost, "reach the voice"):
            await self._socket.send_raw(orjson.dumps(event).decode())

    async def _listen(self, socket: _Socket) -> None:
        """Hand out what OpenAI sends until the socket ends."""
        try:
            with openai_client.service_errors(_Lost, "hear the voice"):
                while True:
                    event = orjson.loads(await socket.recv_bytes())
                    self._events += 1
                    try:
                        await self._take(event)
                    except (LookupError, TypeError, AttributeError) as error:
                        raise _Lost("the voice cannot be understood", retryable=True) from error
        except _Lost as lost:
            self._socket = None
            for reading in (*self._asked.values(), *self._answered.values()):
                reading.pieces.put_nowait(lost)
            self._asked.clear()
            self._answered.clear()
            with contextlib.suppress(VoiceError), openai_client.service_errors(VoiceError, "close"):
                await socket.close()

    async def _take(self, event: dict[str, Any]) -> None:
        """Hand out one event; of the many kinds there are, these matter."""
        match event["type"]:
            case "response.output_audio.delta":
                self._pass_on(event, Spoken(base64.b64decode(event["delta"]), ""))
            case "response.output_audio_transcript.delta":
                self._pass_on(event, Spoken(b"", event["delta"]))
            case "response.created":
                await self._begin(event["response"])
            case "response.done":
                self._end(event["response"])
            case "error":
                self._refuse(event["error"])

    def _pass_on(self, event: dict[str, Any], piece: Spoken) -> None:
        if reading := self._answered.get(event["response_id"]):
            reading.pieces.put_nowait(piece)

    async def _begin(self, response: dict[str, Any]) -> None:
        reading = self._asked.pop((response.get("metadata") or {}).get("reading", ""), None)
        if reading is None:
            await self._cancel(response["id"])
            return
        reading.response_id = response["id"]
        self._answered[response["id"]] = reading

    def _end(self, response: dict[str, Any]) -> None:
        reading = self._answered.pop(response["id"], None)
        if reading is None:
            return
        status = response.get("status")
        failure = VoiceError(f"the voice's response is {status}", retryable=True)
        reading.pieces.put_nowait(None if status == "completed" else failure)

    def _refuse(self, error: dict[str, Any]) -> None:
        """Fail the reading that an error is about; others tell of a cancel that came too late."""
        if reading := self._asked.pop(error.get("event_id") or "", None):
            reading.pieces.put_nowait(VoiceError(f"the voice refused: {error.get('code')}"))


async def _set_up(socket: _Socket, voice_name: str) -> None:
    """Configure a new session and wait until OpenAI agrees."""
    await socket.send_raw(orjson.dumps(_session_update(voice_name)).decode())
    while (event := orjson.loads(await socket.recv_bytes()))["type"] != "session.updated":
        if event["type"] == "error":
            raise VoiceError(f"the voice refused its session: {event['error'].get('code')}")


def _session_update(voice_name: str) -> dict[str, Any]:
    return {
        "type": "session.update",
        "session": {
            "type": "realtime",
            "instructions": prompts.instructions("reader"),
            "output_modalities": ["audio"],
            "max_output_tokens": _OUTPUT_TOKENS,
            "audio": {
                "input": {"turn_detection": None},
                "output": {"format": {"type": "audio/pcmu"}, "voice": voice_name},
            },
        },
    }


def _read_aloud(reading_id: str, text: str) -> dict[str, Any]:
    tagged = f"<read>{text.replace('<', ' ')}</read>"
    content = [{"type": "input_text", "text": tagged}]
    return {
        "type": "response.create",
        "event_id": reading_id,
        "response": {
            "conversation": "none",
            "metadata": {"reading": reading_id},
            "output_modalities": ["audio"],
            "input": [{"type": "message", "role": "user", "content": content}],
        },
    }
