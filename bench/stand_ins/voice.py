"""OpenAI's Realtime API as Floyd's voice uses it: text in, sound with its words out.

The first byte comes 200 ms after the text, then sound at five times the speed of speech.
"""

import asyncio
import base64
import re
import time
from itertools import count
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from bench.written_sound import SAMPLE_RATE_HZ, sound_of

FIRST_BYTE_S = 0.2
TIMES_REAL_TIME = 5
_PIECE_S = 0.1
_READ = re.compile(r"<read>(.*?)</read>", re.DOTALL)
_numbers = count(1)


def add_routes(app: web.Application) -> None:
    """Serve `/v1/realtime`."""
    app.router.add_get("/v1/realtime", _converse)


async def _converse(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
    await socket.prepare(request)
    session = _Session(socket)
    await session.send({"type": "session.created", "session": {}})
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await session.take(orjson.loads(message.data))
    finally:
        session.end()
    return socket


class _Session:
    """One client's session."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._readings: dict[str, asyncio.Task[None]] = {}

    async def take(self, event: dict[str, Any]) -> None:
        """Do what the client asks."""
        match event["type"]:
            case "session.update":
                await self.send({"type": "session.updated", "session": event["session"]})
            case "response.create":
                self._read(event["response"], time.monotonic())
            case "response.cancel":
                reading = self._readings.get(event["response_id"])
                if reading:
                    reading.cancel()

    def end(self) -> None:
        """Stop reading."""
        for reading in self._readings.values():
            reading.cancel()

    async def send(self, event: dict[str, Any]) -> None:
        """Send an event, unless the client has gone."""
        if not self._socket.closed:
            await self._socket.send_str(orjson.dumps(event).decode())

    def _read(self, order: dict[str, Any], asked_s: float) -> None:
        name = f"resp_{next(_numbers):012d}"
        self._readings[name] = asyncio.create_task(self._reading(name, order, asked_s))
        self._readings[name].add_done_callback(lambda _: self._readings.pop(name, None))

    async def _reading(self, name: str, order: dict[str, Any], asked_s: float) -> None:
        response = {"id": name, "metadata": order.get("metadata"), "status": "in_progress"}
        await self.send({"type": "response.created", "response": response})
        status = "cancelled"
        try:
            await self._pieces(name, _text(order), asked_s + FIRST_BYTE_S)
            status = "completed"
        finally:
            await self.send({"type": "response.done", "response": response | {"status": status}})

    async def _pieces(self, name: str, text: str, due_s: float) -> None:
        """Send the sound piece by piece, all words along with the first."""
        sound, step = sound_of(text), round(_PIECE_S * SAMPLE_RATE_HZ)
        for at in range(0, len(sound), step):
            await asyncio.sleep(due_s - time.monotonic())
            if at == 0:
                kind = "response.output_audio_transcript.delta"
                await self.send({"type": kind, "response_id": name, "delta": text})
            delta = base64.b64encode(sound[at : at + step]).decode()
            kind = "response.output_audio.delta"
            await self.send({"type": kind, "response_id": name, "delta": delta})
            due_s += _PIECE_S / TIMES_REAL_TIME


def _text(order: dict[str, Any]) -> str:
    content: str = order["input"][-1]["content"][0]["text"]
    marked = _READ.search(content)
    return marked.group(1) if marked else content
