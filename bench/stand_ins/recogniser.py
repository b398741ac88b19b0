"""Google Speech-to-Text as Floyd's client speaks it, over gRPC: audio in, transcripts out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.cloud.speech_v1 import StreamingRecognizeResponse
from google.protobuf.duration_pb2 import Duration  # type: ignore[import-untyped]  # no stubs

from bench.speech import Clip
from bench.stand_ins.listening import Due, Library, Listening

_AUDIO_FIELD = 0x12  # audio_content = 2, length-delimited
_SERVICE, _METHOD = "google.cloud.speech.v1.Speech", "StreamingRecognize"
# The raw protobuf class: proto-plus around it costs several times as much per message.
_Response: Any = StreamingRecognizeResponse.pb()


@asynccontextmanager
async def serve(clips: Sequence[Clip]) -> AsyncIterator[int]:
    """Listen on a free port of this machine while the block lasts; yield the port."""
    library = Library(clips)

    async def recognise(requests: AsyncIterator[bytes], context: Any) -> None:
        await _Stream(Listening(library), context).carry(requests)

    # Bytes in and bytes out: to decode every message would cost more than all the rest.
    handler = grpc.stream_stream_rpc_method_handler(recognise)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(_SERVICE, {_METHOD: handler}),)
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield port
    finally:
        await server.stop(None)


class _Stream:
    """One stream of recognition."""

    def __init__(self, listening: Listening, context: Any) -> None:
        self._listening = listening
        self._context = context
        self._results: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def carry(self, requests: AsyncIterator[bytes]) -> None:
        """Hear until the client has no more to send."""
        writer = asyncio.create_task(self._write())
        loop = asyncio.get_running_loop()
        async for request in requests:
            if request[0] == _AUDIO_FIELD:
                for due in self._listening.hear(_audio(request)):
                    loop.call_later(due.delay_s, self._results.put_nowait, _response(due))
        self._results.put_nowait(None)
        await writer

    async def _write(self) -> None:
        while (result := await self._results.get()) is not None:
            await self._context.write(result)


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
