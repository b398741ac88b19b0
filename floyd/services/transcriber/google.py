"""Google Speech-to-Text v1, streaming: mu-law goes in untouched, transcripts come out.

The only file that knows Google's client.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from functools import cached_property
from typing import Any

import grpc
from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError
from google.cloud import speech_v1 as speech
from google.cloud.speech_v1.services.speech.transports import SpeechGrpcAsyncIOTransport

from floyd.clock import Clock
from floyd.errors import TranscriberError
from floyd.services.transcriber.protocol import Listening, Transcript
from floyd.services.transcriber.retries import Retries
from floyd.services.transcriber.unfinished import BYTES_PER_S, UnfinishedAudio
from floyd.settings import Settings

_PLAINTEXT = "http://"
_LANGUAGE = "en-US"
_MODEL = "telephony"
_BATCH_BYTES = BYTES_PER_S * 40 // 1000
# Google refuses a request above 25 KB.
_LARGEST_REQUEST_BYTES = 16_000
_LONGEST_QUEUE_BYTES = BYTES_PER_S * 60
_LONGEST_PHRASE = 100
_MOST_PHRASES = 500
# gRPC's own backoff between connections grows to two minutes: nobody waits that long on the phone.
_CHANNEL_OPTIONS = (
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
)
# The end of a stream's five minutes comes as OUT_OF_RANGE.
_PASSING = (
    exceptions.OutOfRange,
    exceptions.Aborted,
    exceptions.Cancelled,
    exceptions.DeadlineExceeded,
    exceptions.InternalServerError,
    exceptions.ResourceExhausted,
    exceptions.ServiceUnavailable,
    exceptions.Unknown,
)

Request = speech.StreamingRecognizeRequest
Response = speech.StreamingRecognizeResponse
# An async iterator of responses that can be cancelled; the client has no type for it.
Call = Any
Recognise = Callable[[AsyncIterator[Request]], Awaitable[Call]]


class GoogleTranscriber:
    """Opens streams of recognition. Belongs to the loop on which it is first used."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._endpoint = settings.google_speech_endpoint
        self._clock = clock

    def listen(self, phrases: Sequence[str]) -> Listening:
        """Return a stream; it begins when its transcripts are read."""
        return _GoogleListening(self._recognise, _streaming_config(phrases), self._clock)

    def warm_up(self) -> None:
        """Make the client now."""
        _ = self._client

    async def close(self) -> None:
        """Let go of the connection."""
        if "_client" in vars(self):
            await self._client.transport.close()

    async def _recognise(self, requests: AsyncIterator[Request]) -> Call:
        # Without retry=None the client repeats a half-read stream in a wrong way.
        return await self._client.streaming_recognize(requests, retry=None, timeout=None)

    @cached_property
    def _client(self) -> speech.SpeechAsyncClient:
        """Made on the loop that uses it, after any fork: gRPC survives neither."""
        channel = _channel(self._endpoint)
        return speech.SpeechAsyncClient(transport=SpeechGrpcAsyncIOTransport(channel=channel))


class _GoogleListening:
    """One call's audio, carried over as many of Google's streams as it takes.

    A stream that ends is followed by another at once, which hears again what was not final yet.
    """

    def __init__(
        self, recognise: Recognise, config: speech.StreamingRecognitionConfig, clock: Clock
    ) -> None:
        self._recognise = recognise
        self._config = config
        self._clock = clock
        self._queue = bytearray()
        self._more = asyncio.Event()
        self._unfinished = UnfinishedAudio()
        self._stream = 0
        self._closed = False

    def send(self, mulaw: bytes) -> None:
        """Queue audio; what waits for longer than a minute is dropped."""
        if self._closed:
            return
        self._queue += mulaw
        del self._queue[:-_LONGEST_QUEUE_BYTES]
        if len(self._queue) >= _BATCH_BYTES:
            self._more.set()

    async def transcripts(self) -> AsyncGenerator[Transcript]:
        """Yield transcripts until the stream is closed."""
        retries = Retries()
        try:
            while not self._closed:
                retries.began(self._clock.monotonic())
                try:
                    async with aclosing(self._one_stream()) as stream:
                        async for transcript in stream:
                            yield transcript
                    ending = None
                except _PASSING as error:
                    ending = error
                except (exceptions.GoogleAPICallError, GoogleAuthError) as error:
                    raise _failure(error, retryable=False) from error
                pause_s = retries.pause_after(self._clock.monotonic())
                if pause_s is None:
                    raise _failure(ending, retryable=True) from ending
                await self._clock.sleep(pause_s)
        finally:
            self._closed = True

    async def close(self) -> None:
        """End the stream; what Google has not answered yet is still read."""
        self._closed = True
        self._more.set()

    async def _one_stream(self) -> AsyncGenerator[Transcript]:
        self._stream += 1
        call = await self._recognise(self._requests(self._stream))
        try:
            async for response in call:
                if response.error.code:
                    raise exceptions.from_grpc_status(response.error.code, "error in the stream")
                for transcript in self._heard(response):
                    yield transcript
        finally:
            call.cancel()

    async def _requests(self, stream: int) -> AsyncIterator[Request]:
        """Yield what one stream is sent; ends when another has taken its place."""
        yield Request(streaming_config=self._config)
        self._queue[:0] = self._unfinished.start_over()
        while stream == self._stream:
            if batch := self._next_batch():
                self._unfinished.sent(batch)
                yield Request(audio_content=batch)
            elif self._closed:
                return
            else:
                self._more.clear()
                await self._more.wait()

    def _next_batch(self) -> bytes:
        """Take the next batch from the queue; empty as long as there is not enough for one."""
        if len(self._queue) < _BATCH_BYTES and not self._closed:
            return b""
        batch = bytes(self._queue[:_LARGEST_REQUEST_BYTES])
        del self._queue[: len(batch)]
        return batch

    def _heard(self, response: Response) -> Iterator[Transcript]:
        """Yield each final; of interim results the stable and the unstable part belong together."""
        interim = ""
        for result in response.results:
            if not result.alternatives:
                continue
            words = result.alternatives[0].transcript
            if result.is_final:
                self._unfinished.heard_final(result.result_end_time.total_seconds())
                yield Transcript(words.strip(), is_final=True)
            else:
                interim += words
        if interim.strip():
            self._unfinished.heard_interim()
            yield Transcript(interim.strip(), is_final=False)


def _channel(endpoint: str) -> Any:
    if endpoint.startswith(_PLAINTEXT):
        return grpc.aio.insecure_channel(endpoint.removeprefix(_PLAINTEXT), _CHANNEL_OPTIONS)
    host = endpoint or SpeechGrpcAsyncIOTransport.DEFAULT_HOST
    return SpeechGrpcAsyncIOTransport.create_channel(host, options=_CHANNEL_OPTIONS)


def _streaming_config(phrases: Sequence[str]) -> speech.StreamingRecognitionConfig:
    likely = [phrase[:_LONGEST_PHRASE] for phrase in phrases[:_MOST_PHRASES] if phrase.strip()]
    config = speech.RecognitionConfig(
        encoding=speech.RecognitionConfig.AudioEncoding.MULAW,
        sample_rate_hertz=BYTES_PER_S,
        language_code=_LANGUAGE,
        model=_MODEL,
        enable_automatic_punctuation=True,
        speech_contexts=[speech.SpeechContext(phrases=likely)] if likely else [],
    )
    return speech.StreamingRecognitionConfig(config=config, interim_results=True)


def _failure(error: Exception | None, *, retryable: bool) -> TranscriberError:
    return TranscriberError(
        f"Google stopped listening: {type(error).__name__}", retryable=retryable
    )
