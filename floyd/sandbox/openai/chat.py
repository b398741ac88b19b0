"""`/v1/chat/completions`: a conversation in, the double's answer out at the pace of a model."""

import json
from typing import Any

from aiohttp import web

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.faults import FaultAction, Faults
from floyd.sandbox.openai import double
from floyd.sandbox.openai.chat_checks import check, prompt_tokens
from floyd.sandbox.openai.chat_faults import spoilt
from floyd.sandbox.openai.chat_objects import CalledTool, Completion, Envelope
from floyd.sandbox.openai.conditions import OpenAIConditions
from floyd.sandbox.openai.errors import failure, parsed
from floyd.sandbox.records import Records

CHAT_FAULTS = (FaultAction.ERROR_BEFORE, FaultAction.HOLD_BEFORE)
_GONE_CHECK_S = 0.1


def add_routes(
    app: web.Application,
    conditions: OpenAIConditions,
    clock: SandboxClock,
    records: Records,
    faults: Faults,
) -> None:
    """Serve the chat model. Requests are recorded whole, as `openai.chat`, answers beside them."""

    async def create(request: web.Request) -> web.StreamResponse:
        began = clock.monotonic()
        body = parsed(await request.read())
        number = records.add("openai.chat", body=body).number
        check(body)
        await _suffer(faults, f"chat {_task(body)}")
        answer = _answer(body, conditions)
        envelope = Envelope.of(body, int(clock.now().timestamp()), prompt_tokens(body["messages"]))
        reply = _Reply(request, envelope, answer, conditions, clock, began)
        response = await (reply.streamed(body) if body.get("stream") else reply.whole())
        calls = [{"name": call.name, "arguments": call.arguments} for call in answer.calls]
        records.add("openai.chat.answered", request=number, text=answer.text, calls=calls)
        return response

    app.router.add_post("/v1/chat/completions", create)


def _task(body: dict[str, Any]) -> str:
    """What the model is asked for, by its schema: Understanding, Plan, Report; else a reply."""
    form = body.get("response_format") or {}
    return str(form["json_schema"]["name"]) if form.get("type") == "json_schema" else "reply"


async def _suffer(faults: Faults, name: str) -> None:
    """Let a request go wrong if a fault waits for it."""
    fault = faults.take(name, CHAT_FAULTS)
    if fault and fault.action is FaultAction.ERROR_BEFORE:
        raise failure(fault.status)
    if fault:
        await faults.hold(name)


def _answer(body: dict[str, Any], conditions: OpenAIConditions) -> Completion:
    reply = double.answer(body, gullible=conditions.gullible)
    calls = tuple(
        CalledTool(call.name, json.dumps(call.arguments, ensure_ascii=False))
        for call in reply.tool_calls
    )
    answer = Completion(reply.text, calls)
    return spoilt(answer, body, conditions).limited(body.get("max_completion_tokens"))


class _Reply:
    """One answer on its way out."""

    def __init__(
        self,
        request: web.Request,
        envelope: Envelope,
        answer: Completion,
        conditions: OpenAIConditions,
        clock: SandboxClock,
        began: float,
    ) -> None:
        self._request = request
        self._envelope = envelope
        self._answer = answer
        self._conditions = conditions
        self._clock = clock
        self._due = began + conditions.first_token_s
        self._token_s = 1 / conditions.tokens_per_s if conditions.tokens_per_s > 0 else 0.0

    async def whole(self) -> web.Response:
        """Answer in one piece, after the time that all of its tokens take."""
        if self._conditions.hang_at_first_token:
            self._conditions.hang_at_first_token -= 1
            await self._until_gone()
        self._due += self._answer.token_count * self._token_s
        await self._until_due()
        return web.json_response(self._envelope.completion(self._answer))

    async def streamed(self, body: dict[str, Any]) -> web.StreamResponse:
        """Answer token by token, as server-sent events."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(self._request)
        counted = bool((body.get("stream_options") or {}).get("include_usage"))
        usage = {"usage": None} if counted else {}
        try:
            await self._stream(response, usage)
            if counted:
                await _send(response, self._envelope.usage_chunk(self._answer))
            await response.write(b"data: [DONE]\n\n")
            await response.write_eof()
        except ConnectionResetError:
            # The client has hung up: nothing is left to be said.
            return response
        return response

    async def _stream(self, response: web.StreamResponse, usage: dict[str, None]) -> None:
        if self._conditions.hang_at_first_token:
            self._conditions.hang_at_first_token -= 1
            await self._until_gone()
        await self._until_due()
        await _send(response, self._envelope.first_chunk() | usage)
        for index, chunk in enumerate(self._envelope.chunks(self._answer)):
            if self._conditions.hang_in_stream and index == self._answer.token_count // 2:
                self._conditions.hang_in_stream -= 1
                await self._until_gone()
            await self._until_due()
            await _send(response, chunk | usage)
            self._due += self._token_s
        await _send(response, self._envelope.last_chunk(self._answer) | usage)

    async def _until_due(self) -> None:
        wait_s = self._due - self._clock.monotonic()
        if wait_s > 0:
            await self._clock.sleep(wait_s)

    async def _until_gone(self) -> None:
        """Hang until the client gives up.

        Raises:
            ConnectionResetError: it has.
        """
        while self._request.transport is not None and not self._request.transport.is_closing():
            await self._clock.sleep(_GONE_CHECK_S)
        raise ConnectionResetError("the client has gone")


async def _send(response: web.StreamResponse, chunk: dict[str, Any]) -> None:
    await response.write(b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n")
