"""`/v1/audio/speech`: text in, speech streamed out at the pace of a voice model."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.openai import errors
from floyd.sandbox.openai.conditions import OpenAIConditions
from floyd.sandbox.openai.models import SPEECH_MODELS
from floyd.sandbox.openai.reader import VOICES, Reader

LONGEST_INPUT = 4096
_PARAMETERS = frozenset(
    {"input", "model", "voice", "instructions", "response_format", "speed", "stream_format"}
)
# The real one makes mp3 (its default), opus, aac and flac as well.
_FORMATS = ["pcm", "wav"]
_RATE_HZ = 24_000
_PIECE_S = 0.1
_PIECE_BYTES = int(_RATE_HZ * 2 * _PIECE_S)


def add_routes(
    app: web.Application, reader: Reader, conditions: OpenAIConditions, clock: SandboxClock
) -> None:
    """Serves speech."""

    async def create(request: web.Request) -> web.StreamResponse:
        began = clock.monotonic()
        order = _checked(errors.parsed(await request.read()))
        if reader.hangs():
            await asyncio.Event().wait()
        voice, speed = order["voice"], order.get("speed", 1.0)
        pcm = await reader.widened(await reader.read(order["input"], voice, speed), voice, speed)
        wave = order["response_format"] == "wav"
        response = web.StreamResponse(headers={"Content-Type": f"audio/{'wav' if wave else 'pcm'}"})
        due = began + conditions.voice_first_byte_s
        await clock.sleep(max(0.0, due - clock.monotonic()))
        await response.prepare(request)
        # A client that has heard enough hangs up: nobody is left to be answered.
        with contextlib.suppress(ConnectionResetError):
            if wave:
                await response.write(_wave_header(len(pcm)))
            for at in range(0, len(pcm), _PIECE_BYTES):
                await clock.sleep(max(0.0, due - clock.monotonic()))
                await response.write(pcm[at : at + _PIECE_BYTES])
                due += _PIECE_S / conditions.voice_speed
            await response.write_eof()
        return response

    app.router.add_post("/v1/audio/speech", create)


def _checked(order: dict[str, Any]) -> dict[str, Any]:
    unknown = [name for name in order if name not in _PARAMETERS]
    if unknown:
        raise errors.ApiError(f"Unrecognized request argument supplied: {', '.join(unknown)}")
    for name in ("model", "input", "voice"):
        if name not in order:
            raise errors.missing(name)
        if not isinstance(order[name], str):
            raise errors.wrong_type(name, "a string", order[name])
    _check_values(order)
    return order


def _check_values(order: Mapping[str, Any]) -> None:
    if order["model"] not in SPEECH_MODELS:
        raise errors.unknown_model(order["model"])
    if not order["input"]:
        raise errors.ApiError(
            "Invalid 'input': string too short. Expected a string with minimum length 1.",
            param="input",
            code="string_below_min_length",
        )
    if len(order["input"]) > LONGEST_INPUT:
        raise errors.too_long("input", LONGEST_INPUT, len(order["input"]))
    if order["voice"] not in VOICES:
        raise errors.wrong_value("voice", order["voice"], sorted(VOICES))
    if order.get("response_format") not in _FORMATS:
        raise errors.wrong_value("response_format", order.get("response_format"), _FORMATS)
    if order.get("stream_format", "audio") != "audio":
        raise errors.wrong_value("stream_format", order["stream_format"], ["audio"])
    speed = order.get("speed", 1.0)
    if not isinstance(speed, int | float) or not 0.25 <= speed <= 4.0:
        raise errors.wrong_value("speed", speed, ["0.25 to 4.0"])


def _wave_header(pcm_bytes: int) -> bytes:
    layout = struct.pack("<HHIIHH", 1, 1, _RATE_HZ, _RATE_HZ * 2, 2, 16)
    return b"".join(
        [
            b"RIFF" + struct.pack("<I", 36 + pcm_bytes) + b"WAVE",
            b"fmt " + struct.pack("<I", len(layout)) + layout,
            b"data" + struct.pack("<I", pcm_bytes),
        ]
    )
