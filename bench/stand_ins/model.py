"""OpenAI's Chat Completions as Floyd's clients speak it.

Replies of a live call are streamed: the first token after 350 ms, then 60 a second. A job's answer
comes at once, from the sandbox's own double.
"""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import orjson
from aiohttp import web

from bench.conversation import reply_to, tokens
from floyd.sandbox.openai import double

FIRST_TOKEN_S = 0.35
TOKENS_A_SECOND = 60
_MODEL = "gpt-6-luna"


def add_routes(app: web.Application) -> None:
    """Serve `/v1/chat/completions`."""
    app.router.add_post("/v1/chat/completions", _complete)


async def _complete(request: web.Request) -> web.StreamResponse:
    asked_s = time.monotonic()
    try:
        asked = orjson.loads(await request.read())
    except ConnectionResetError:
        return web.Response()  # the reply was dropped before it was asked for in full
    if asked.get("stream"):
        return await _stream(request, reply_to(_last_words(asked["messages"])), asked_s)
    message = {"role": "assistant", "content": double.answer(asked).text, "refusal": None}
    return web.json_response(_object("chat.completion", message=message, finish_reason="stop"))


async def _stream(request: web.Request, reply: str, asked_s: float) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    due_s = asked_s + FIRST_TOKEN_S
    try:
        for chunk in _chunks(reply):
            await asyncio.sleep(due_s - time.monotonic())
            await response.write(chunk)
            due_s += 1 / TOKENS_A_SECOND
        await response.write_eof()
    except ConnectionResetError:
        pass  # the reply was dropped
    return response


def _chunks(reply: str) -> Iterable[bytes]:
    """The server-sent events of a reply, one a token; the last token brings the end along."""
    written = [_event({"content": token}) for token in tokens(reply)]
    written[0] = _event({"role": "assistant", "content": ""}) + written[0]
    written[-1] += _event({}, "stop") + b"data: [DONE]\n\n"
    return written


def _event(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
    chunk = _object("chat.completion.chunk", delta=delta, finish_reason=finish_reason)
    return b"data: " + orjson.dumps(chunk) + b"\n\n"


def _object(kind: str, **choice: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-bench",
        "object": kind,
        "created": int(time.time()),
        "model": _MODEL,
        "choices": [{"index": 0, "logprobs": None, **choice}],
    }


def _last_words(messages: list[dict[str, Any]]) -> str:
    """What the callee said last: it enters as quoted data."""
    for message in reversed(messages):
        if message["role"] == "user":
            said: str | None = orjson.loads(message["content"]).get("callee_said")
            if said is not None:
                return said
    return ""
