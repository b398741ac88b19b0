"""`/v1/models`: what the stand-in offers, and when the real ones end (as of 2026-11-22)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from floyd.sandbox.openai.errors import unknown_model

CHAT_MODELS: dict[str, str | None] = {
    "gpt-6-luna": None,
    "gpt-6-sol": None,
    "gpt-6-astra": None,
    "gpt-6.1-sol": None,
    "gpt-6.1-terra": None,
    "gpt-6.2-sol": None,
    "gpt-6.2-astra": None,
    "gpt-5": "2026-12-11",
    "gpt-5-mini": "2026-12-11",
    "gpt-5-nano": "2026-12-11",
    "gpt-4o": "2027-01-14",
    "gpt-4o-mini": "2027-01-14",
    "gpt-4.1": "2027-01-14",
    "gpt-4.1-mini": "2027-01-14",
}
REALTIME_MODELS: dict[str, str | None] = {
    "gpt-realtime-2.1": None,
    "gpt-realtime-2.1-mini": None,
    "gpt-realtime-2": None,
    "gpt-realtime": "2027-01-20",
    "gpt-realtime-mini": "2027-01-20",
}
SPEECH_MODELS: dict[str, str | None] = {
    "tts-1": "2027-01-06",
    "tts-1-hd": "2027-01-06",
    "gpt-4o-mini-tts": "2027-01-06",
}
_TRANSCRIPTION_MODELS: dict[str, str | None] = {
    "whisper-1": "2027-02-26",
    "gpt-4o-transcribe": "2027-02-26",
}
_ALL = CHAT_MODELS | REALTIME_MODELS | SPEECH_MODELS | _TRANSCRIPTION_MODELS
_CREATED = 1_750_000_000


def add_routes(app: web.Application) -> None:
    """Serves the list and each model."""
    app.router.add_get("/v1/models", _list)
    app.router.add_get("/v1/models/{model}", _one)


async def _list(_request: web.Request) -> web.Response:
    return web.json_response({"object": "list", "data": [_shown(name) for name in _ALL]})


async def _one(request: web.Request) -> web.Response:
    name = request.match_info["model"]
    if name not in _ALL:
        raise unknown_model(name)
    return web.json_response(_shown(name))


def _shown(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "object": "model",
        "created": _CREATED,
        "owned_by": "sandbox",
        "shutdown_date": _ALL[name],
    }
