"""Google Speech-to-Text v1 over plaintext gRPC: `google.cloud.speech.v1.Speech`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import grpc
import numpy as np
from google.cloud.speech_v1 import StreamingRecognizeRequest

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.google import checks
from floyd.sandbox.google.conditions import GoogleConditions
from floyd.sandbox.google.network import Network
from floyd.sandbox.google.recogniser import Recogniser, Timed
from floyd.sandbox.google.results import Response
from floyd.sandbox.records import Records
from floyd.sandbox.sound import Voices, mulaw

_Request: Any = StreamingRecognizeRequest.pb()
_END: Any = grpc.aio.EOF  # type: ignore[attr-defined]  # the stubs lack it
# Pings come as often as the time scale says.
_ANY_PINGS = (
    ("grpc.http2.min_ping_recv_interval_without_data_ms", 1),
    ("grpc.http2.max_ping_strikes", 0),
)
_Context = grpc.aio.ServicerContext[Any, Any]


class GoogleSpeech:
    """The stand-in's server.

    Args:
        voices: It recognises what they said, and nothing else.
        conditions: Latencies and faults, changed live.
        clock: The sandbox's time.
        records: Takes each stream's start, final transcripts and end.
    """

    def __init__(
        self, voices: Voices, conditions: GoogleConditions, clock: SandboxClock, records: Records
    ) -> None:
        self._voices = voices
        self._conditions = conditions
        self._clock = clock
        self._records = records
        self._streams = 0
        self._server: grpc.aio.Server | None = None
        self._network = Network(conditions, clock)

    async def start(self, port: int = 0) -> int:
        """Serves on 127.0.0.1; returns the port."""
        self._server = grpc.aio.server(options=_ANY_PINGS)
        recognise = grpc.stream_stream_rpc_method_handler(
            self._recognise,
            request_deserializer=_Request.FromString,
            response_serializer=Response.SerializeToString,
        )
        handler = grpc.method_handlers_generic_handler(
            "google.cloud.speech.v1.Speech", {"StreamingRecognize": recognise}
        )
        self._server.add_generic_rpc_handlers((handler,))
        bound = self._server.add_insecure_port("127.0.0.1:0")
        await self._server.start()
        return await self._network.start(port, bound)

    async def stop(self) -> None:
        """Breaks all streams and stops serving."""
        await self._network.stop()
        if self._server is not None:
            await self._server.stop(None)
            self._server = None

    async def _recognise(self, _requests: object, context: _Context) -> None:
        self._streams += 1
        stream = _Stream(self._streams, self._conditions, self._clock, self._records, context)
        code, details = grpc.StatusCode.CANCELLED, ""
        try:
            await stream.serve(self._voices)
            code = grpc.StatusCode.OK
        except checks.Refusal as refusal:
            code, details = refusal.code, refusal.details
        finally:
            self._records.add(
                "google.stream_ended", stream=stream.number, code=code.name, details=details
            )
        if code is not grpc.StatusCode.OK:
            await context.abort(code, details)


class _Stream:
    """One call of StreamingRecognize."""

    def __init__(
        self,
        number: int,
        conditions: GoogleConditions,
        clock: SandboxClock,
        records: Records,
        context: _Context,
    ) -> None:
        self.number = number
        self._conditions = conditions
        self._clock = clock
        self._records = records
        self._context = context
        self._began = clock.monotonic()
        self._due: asyncio.Queue[tuple[float, Any] | None] = asyncio.Queue()
        self._last_due = 0.0

    async def serve(self, voices: Voices) -> None:
        """Reads audio to its end and answers.

        Raises:
            Refusal: What the real service would refuse, or a fault that was asked for.
        """
        self._refuse_when_down()
        config = checks.check_config(await self._read())
        self._records.add(
            "google.stream_started",
            stream=self.number,
            model=config.config.model,
            language=config.config.language_code,
        )
        chance = random.Random(f"{self._conditions.seed}/{self.number}")
        recogniser = Recogniser(config, self._conditions, voices.ears(), chance)
        sender = asyncio.create_task(self._send())
        try:
            await self._listen(recogniser, _decoder(config.config.encoding))
            self._schedule(recogniser.finish())
            self._due.put_nowait(None)
            await sender
        finally:
            sender.cancel()

    async def _listen(self, recogniser: Recogniser, decode: Callable[[bytes], bytes]) -> None:
        while not recogniser.done:
            request = await self._read()
            if request is _END:
                return
            self._refuse_when_down(running=True)
            audio = checks.check_audio(request)
            self._schedule(recogniser.hear(decode(audio)))
            heard_s = recogniser.position_ms / 1000
            if heard_s > self._age_s + self._conditions.ahead_limit_s:
                raise checks.too_fast()
            if heard_s > self._conditions.stream_limit_s:
                raise checks.out_of_time(self._conditions.stream_limit_s)

    @property
    def _age_s(self) -> float:
        return self._clock.monotonic() - self._began

    async def _read(self) -> Any:
        """The next request, if it comes in time."""
        remaining_s = self._conditions.stream_limit_s - self._age_s
        limit_s = min(remaining_s, self._conditions.audio_timeout_s)
        try:
            async with self._clock.timeout(max(0.0, limit_s)):
                return await self._context.read()
        except TimeoutError:
            if limit_s == remaining_s:
                raise checks.out_of_time(self._conditions.stream_limit_s) from None
            raise checks.without_audio() from None

    def _refuse_when_down(self, *, running: bool = False) -> None:
        if not running and self._conditions.unavailable_next > 0:
            self._conditions.unavailable_next -= 1
            raise checks.unavailable()
        if not running and self._conditions.exhausted_next > 0:
            self._conditions.exhausted_next -= 1
            raise checks.exhausted()
        if self._conditions.unavailable:
            raise checks.unavailable()

    def _schedule(self, responses: list[Timed]) -> None:
        """Queues the responses; none overtakes an earlier one."""
        now = self._clock.monotonic()
        for timed in responses:
            self._last_due = max(self._last_due, now + timed.delay_s)
            self._due.put_nowait((self._last_due, timed.response))

    async def _send(self) -> None:
        while (next_due := await self._due.get()) is not None:
            due, response = next_due
            await self._clock.sleep(max(0.0, due - self._clock.monotonic()))
            await self._context.write(response)
            for result in response.results:
                if result.is_final:
                    text = result.alternatives[0].transcript
                    self._records.add("google.final", stream=self.number, transcript=text)


class _LinearDecoder:
    """Turns 16-bit samples, whose halves may come in different requests, into mu-law."""

    def __init__(self) -> None:
        self._half = b""

    def __call__(self, audio: bytes) -> bytes:
        audio = self._half + audio
        whole = len(audio) // 2 * 2
        self._half = audio[whole:]
        return mulaw.encode(np.frombuffer(audio[:whole], np.int16))


def _decoder(encoding: int) -> Callable[[bytes], bytes]:
    return _LinearDecoder() if encoding == checks.LINEAR16 else bytes
