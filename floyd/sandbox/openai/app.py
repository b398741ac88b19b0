"""Composes the stand-in's endpoints behind one door: the key, the faults, the error objects."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.faults import Faults
from floyd.sandbox.openai import chat, models, realtime, speech
from floyd.sandbox.openai.conditions import OpenAIConditions
from floyd.sandbox.openai.errors import INVALID_REQUEST, ApiError, check_key, failure
from floyd.sandbox.openai.reader import Reader
from floyd.sandbox.records import Records
from floyd.sandbox.sound import Voices

_LARGEST_BODY = 8 * 2**20


def build_app(
    voices: Voices,
    conditions: OpenAIConditions,
    clock: SandboxClock,
    records: Records,
    key: str | None = None,
    faults: Faults | None = None,
) -> web.Application:
    """The application that serves `/v1/...`; without a key of its own it takes any."""
    door = _door(conditions, records, key)
    app = web.Application(middlewares=[door], client_max_size=_LARGEST_BODY)
    reader = Reader(voices, conditions, records)
    models.add_routes(app)
    chat.add_routes(app, conditions, clock, records, faults or Faults(records))
    speech.add_routes(app, reader, conditions, clock)
    realtime.add_routes(app, reader, conditions, clock)
    return app


def _door(conditions: OpenAIConditions, records: Records, key: str | None) -> Middleware:
    faults = {
        "/v1/chat/completions": lambda: conditions.fail_next,
        "/v1/audio/speech": lambda: conditions.voice_fail_next,
        "/v1/realtime": lambda: conditions.voice_fail_next,
    }

    @web.middleware
    async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            check_key(request.headers, key)
            failing = faults.get(request.path, list)()
            if failing:
                raise failure(failing.pop(0))
            return await handler(request)
        except ApiError as error:
            refusal = error
        except web.HTTPException as error:
            if error.status < 400:
                raise
            refusal = ApiError(
                f"Invalid URL ({request.method} {request.path})",
                status=error.status,
                kind=INVALID_REQUEST,
            )
        records.add("openai.refused", path=request.path, status=refusal.status, **refusal.body)
        return refusal.response()

    return door
