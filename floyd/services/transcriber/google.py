"""Google Speech-to-Text v1, streaming: mu-law goes in untouched, transcripts come out.

The only file that knows Google's client.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any

import grpc
from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError
from google.cloud import speech_v1 as speech
from google.cloud.speech_v1.services.speech.transports import SpeechGrpcAsyncIOTransport

from floyd.clock import Clock
from floyd.errors import TranscriberError
from floyd.services.transcriber.listening import RelayedListening
from floyd.services.transcriber.protocol import Listening
from floyd.services.transcriber.relay import Result, StreamLife
from floyd.services.transcriber.tape import BYTES_PER_S
from floyd.settings import Settings

_PLAINTEXT = "http://"
_LANGUAGE = "en-US"
_MODEL = "telephony"
_LIFE = StreamLife()
_LONGEST_PHRASE = 100
_MOST_PHRASES = 500
_CHANNEL_WAITS_S = (
    # gRPC's own backoff between connections grows to two minutes: nobody waits that long on the
    # phone. The shortest is also how long an attempt to connect may take.
    ("grpc.initial_reconnect_backoff_ms", 0.1),
    ("grpc.min_reconnect_backoff_ms", 2.0),
    ("grpc.max_reconnect_backoff_ms", 1.0),
    # A dead network says nothing. Audio that is not acknowledged for as long as a ping may take
    # ends the connection, too (Linux: TCP_USER_TIMEOUT); servers refuse more frequent pings.
    ("grpc.keepalive_time_ms", 10.0),
    ("grpc.keepalive_timeout_ms", 4.0),
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


class GoogleTranscriber:
    """Opens streams of recognition. Belongs to the loop on which it is first used.

    Args:
        settings: where Google is.
        clock: whose time counts.
        life: how long one of Google's streams is used.
    """

    def __init__(self, settings: Settings, clock: Clock, life: StreamLife = _LIFE) -> None:
        self._life = life
        self._endpoint = settings.google_speech_endpoint
        self._clock = clock

    def listen(self, phrases: Sequence[str]) -> Listening:
        """Return a stream; it begins when its transcripts are read."""
        recognise = partial(self._recognise, _streaming_config(phrases))
        return RelayedListening(recognise, self._life, self._clock)

    def warm_up(self) -> None:
        """Make the client now."""
        _ = self._client

    async def close(self) -> None:
        """Let go of the connection."""
        if "_client" in vars(self):
            await self._client.transport.close()

    async def _recognise(
        self,
        config: speech.StreamingRecognitionConfig,
        audio: AsyncIterator[bytes],
        connected: Callable[[], None],
    ) -> AsyncGenerator[Result]:
        """Carry one of Google's streams."""
        try:
            # Without retry=None the client repeats a half-read stream in a wrong way.
            call: Any = await self._client.streaming_recognize(
                _requests(config, audio), retry=None, timeout=None
            )
            try:
                connected()
                async for response in call:
                    if response.error.code:
                        raise exceptions.from_grpc_status(response.error.code, "in the stream")
                    for result in _results(response):
                        yield result
            finally:
                call.cancel()
        except (exceptions.GoogleAPICallError, GoogleAuthError) as error:
            raise TranscriberError(
                f"Google stopped listening: {type(error).__name__}",
                retryable=isinstance(error, _PASSING),
            ) from error

    @cached_property
    def _client(self) -> speech.SpeechAsyncClient:
        """Made on the loop that uses it, after any fork: gRPC survives neither."""
        channel = _channel(self._endpoint, self._clock)
        return speech.SpeechAsyncClient(transport=SpeechGrpcAsyncIOTransport(channel=channel))


def _results(response: Response) -> Iterator[Result]:
    """Yield each final; of interim results the stable and the unstable part belong together."""
    interim, end_s = "", 0.0
    for result in response.results:
        if not result.alternatives:
            continue
        words = result.alternatives[0].transcript
        if result.is_final:
            yield Result(words.strip(), result.result_end_time.total_seconds(), is_final=True)
        else:
            interim += words
            end_s = max(end_s, result.result_end_time.total_seconds())
    if interim.strip():
        yield Result(interim.strip(), end_s, is_final=False)


async def _requests(
    config: speech.StreamingRecognitionConfig, audio: AsyncIterator[bytes]
) -> AsyncGenerator[Request]:
    yield Request(streaming_config=config)
    async for mulaw in audio:
        yield Request(audio_content=mulaw)


def _channel(endpoint: str, clock: Clock) -> Any:
    options = [(name, round(1000 * clock.real(wait_s))) for name, wait_s in _CHANNEL_WAITS_S]
    if endpoint.startswith(_PLAINTEXT):
        return grpc.aio.insecure_channel(endpoint.removeprefix(_PLAINTEXT), options)
    host = endpoint or SpeechGrpcAsyncIOTransport.DEFAULT_HOST
    return SpeechGrpcAsyncIOTransport.create_channel(host, options=options)


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
