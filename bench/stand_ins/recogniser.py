"""Google Speech-to-Text as Floyd's client speaks it, over gRPC: audio in, transcripts out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from google.cloud.speech_v1 import StreamingRecognizeResponse
from google.protobuf.duration_pb2 import Duration  # type: ignore[import-untyped]  # no stubs

from bench.speech import Clip
from bench.stand_ins.grpc_door import Answer, GrpcDoor
from bench.stand_ins.listening import Due, Library, Listening

_AUDIO_FIELD = 0x12  # audio_content = 2, length-delimited
# The raw protobuf class: proto-plus around it costs several times as much per message.
_Response: Any = StreamingRecognizeResponse.pb()


@asynccontextmanager
async def serve(clips: Sequence[Clip]) -> AsyncIterator[int]:
    """Listen on a free port of this machine while the block lasts; yield the port."""
    library = Library(clips)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(library), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


class _Connection(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._door: GrpcDoor | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        writable = cast(asyncio.Transport, transport)
        self._door = GrpcDoor(
            writable.write, lambda answer: _Recognition(Listening(self._library), answer)
        )

    def data_received(self, data: bytes) -> None:
        if self._door:
            self._door.receive(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._door:
            self._door.close()


class _Recognition:
    """One stream of recognition."""

    def __init__(self, listening: Listening, answer: Answer) -> None:
        self._loop = asyncio.get_running_loop()
        self._listening = listening
        self._answer = answer
        self._last_s = 0.0

    def message(self, message: bytes) -> None:
        """Hear the audio of a request; the first one configures."""
        if message[0] != _AUDIO_FIELD:
            return
        for due in self._listening.hear(_audio(message)):
            at_s = self._loop.time() + due.delay_s
            # In the order of their causes, whatever the delays.
            self._last_s = max(self._last_s, at_s)
            self._loop.call_at(self._last_s, self._answer.send, _response(due))

    def end(self) -> None:
        """Send what is due, then end."""
        self._loop.call_at(max(self._last_s, self._loop.time()), self._answer.close)

    def cancel(self) -> None:
        """Nothing is to be undone: what is due finds no stream to go out on."""


def _audio(request: bytes) -> bytes:
    """The audio of a request: behind its tag and its length, seven bits a byte."""
    at = 1
    while request[at] & 0x80:
        at += 1
    return request[at + 1 :]


def _response(due: Due) -> bytes:
    seconds, rest_ms = divmod(due.end_ms, 1000)
    end = Duration(seconds=seconds, nanos=rest_ms * 1_000_000)
    result = {
        "alternatives": [{"transcript": due.text}],
        "is_final": due.is_final,
        "stability": 0.9,
        "result_end_time": end,
    }
    written: bytes = _Response(results=[result]).SerializeToString()
    return written
