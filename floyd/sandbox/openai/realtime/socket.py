"""The WebSocket of the Realtime API: client events in, server events out."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import WSMsgType, web

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.openai import errors
from floyd.sandbox.openai.conditions import OpenAIConditions
from floyd.sandbox.openai.models import REALTIME_MODELS
from floyd.sandbox.openai.reader import Reader
from floyd.sandbox.openai.realtime.checks import check_event, parsed
from floyd.sandbox.openai.realtime.response import PIECE_MS, Order, ResponseEvents
from floyd.sandbox.openai.realtime.session import Session

_REFUSED = 4000
_numbers = itertools.count(1)


def add_routes(
    app: web.Application, reader: Reader, conditions: OpenAIConditions, clock: SandboxClock
) -> None:
    """Serves the WebSocket."""

    async def connect(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(
            max_msg_size=conditions.realtime_event_bytes, compress=False, protocols=["realtime"]
        )
        try:
            await socket.prepare(request)
        except ConnectionResetError:  # the client has gone again
            return socket
        model = request.query.get("model", "")
        connection = _Connection(socket, model, reader, conditions, clock)
        try:
            if model in REALTIME_MODELS:
                await connection.serve()
            else:
                await connection.refuse_model(model)
        finally:
            await connection.close()
        return socket

    app.router.add_get("/v1/realtime", connect)


class _Connection:
    """One session."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        model: str,
        reader: Reader,
        conditions: OpenAIConditions,
        clock: SandboxClock,
    ) -> None:
        self._socket = socket
        self._reader = reader
        self._conditions = conditions
        self._clock = clock
        expires_at = int(clock.now().timestamp() + conditions.realtime_session_s)
        self._session = Session(_id("sess"), model, expires_at)
        self._responses: dict[str, _Response] = {}

    async def serve(self) -> None:
        """Talks until the client leaves or the session has lasted too long."""
        await self._send({"type": "session.created", "session": self._session.shown})
        try:
            async with self._clock.timeout(self._conditions.realtime_session_s):
                async for message in self._socket:
                    if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                        return
                    await self._take(message.data)
        except TimeoutError:
            minutes = self._conditions.realtime_session_s / 60
            expired = errors.ApiError(
                f"Your session hit the maximum duration of {minutes:g} minutes.",
                code="session_expired",
            )
            await self._send_error(expired, None)
            await self._socket.close(code=1001)

    async def refuse_model(self, model: str) -> None:
        """The handshake succeeds even for an unknown model: the refusal comes as an event."""
        error = errors.unknown_model(model) if model else errors.missing("model")
        await self._send_error(error, None)
        reason = f"{errors.INVALID_REQUEST}.{error.body['code']}"
        await self._socket.close(code=_REFUSED, message=reason.encode())

    async def close(self) -> None:
        """Stops all reading."""
        tasks = [response.task for response in self._responses.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, message: str | bytes) -> None:
        event: Mapping[str, Any] = {}
        try:
            event = parsed(message)
            check_event(event)
            await self._obey(event)
        except errors.ApiError as error:
            await self._send_error(error, event.get("event_id"))

    async def _obey(self, event: Mapping[str, Any]) -> None:
        match event["type"]:
            case "session.update":
                self._session.update(event["session"])
                await self._send({"type": "session.updated", "session": self._session.shown})
            case "response.create":
                self._start(event.get("response") or {})
            case "response.cancel":
                self._cancel(event.get("response_id"))
            case "conversation.item.create":
                await self._add_item(event["item"])
            case "conversation.item.delete":
                await self._delete_item(event.get("item_id"))
            case "input_audio_buffer.clear":
                await self._send({"type": "input_audio_buffer.cleared"})

    def _start(self, request: Mapping[str, Any]) -> None:
        order = self._session.order(request)
        busy = self._in_conversation()
        if order.conversation_id and busy:
            raise errors.ApiError(
                f"Conversation already has an active response in progress: {busy}. "
                "Wait until the response is finished before creating a new one.",
                code="conversation_already_has_active_response",
            )
        response = _Response(self, order)
        self._responses[response.id] = response
        response.task.add_done_callback(lambda _: self._responses.pop(response.id, None))

    def _cancel(self, response_id: str | None) -> None:
        response = self._responses.get(response_id or self._in_conversation() or "")
        if response is None:
            raise errors.ApiError(
                "Cancellation failed: no active response found", code="response_cancel_not_active"
            )
        response.cancelled.set()

    def _in_conversation(self) -> str | None:
        """The active response of the default conversation."""
        active = (r.id for r in self._responses.values() if r.order.conversation_id)
        return next(active, None)

    async def _add_item(self, item: Mapping[str, Any]) -> None:
        before = self._session.items[-1]["id"] if self._session.items else None
        added = {"id": _id("item"), "object": "realtime.item", "status": "completed", **item}
        self._session.items.append(added)
        for kind in ("conversation.item.added", "conversation.item.done"):
            await self._send({"type": kind, "previous_item_id": before, "item": added})

    async def _delete_item(self, item_id: object) -> None:
        kept = [item for item in self._session.items if item["id"] != item_id]
        if len(kept) == len(self._session.items):
            raise errors.ApiError(
                f"Error deleting item: the item with id '{item_id}' does not exist.",
                param="item_id",
                code="item_delete_invalid_item_id",
            )
        self._session.items = kept
        await self._send({"type": "conversation.item.deleted", "item_id": item_id})

    async def speak(self, response: _Response) -> None:
        """Sends one response in the rhythm of a voice model."""
        began = self._clock.monotonic()
        events = ResponseEvents(response.order, response.id, _id("item"))
        await self._send_all(events.opening())
        if self._reader.hangs():
            await response.cancelled.wait()
            return await self._send_all(events.closing("cancelled"))
        order = response.order
        clip = await self._reader.read(order.text, order.voice, order.speed)
        sound = clip.mulaw
        if order.wide:
            sound = await self._reader.widened(clip, order.voice, order.speed)
        due = began + self._conditions.voice_first_byte_s
        for piece in events.pieces(clip, sound):
            if await self._cancelled_before(due, response):
                return await self._send_all(events.closing("cancelled"))
            await self._send_all(piece)
            self._session.has_spoken = True
            due += PIECE_MS / 1000 / self._conditions.voice_speed
        return await self._send_all(events.closing("completed"))

    async def _cancelled_before(self, due: float, response: _Response) -> bool:
        try:
            async with self._clock.timeout(max(0.0, due - self._clock.monotonic())):
                await response.cancelled.wait()
        except TimeoutError:
            return False
        return True

    async def _send_all(self, events: Iterable[Mapping[str, Any]]) -> None:
        for event in events:
            await self._send(event)

    async def _send_error(self, error: errors.ApiError, event_id: object) -> None:
        await self._send({"type": "error", "error": {**error.body, "event_id": event_id}})

    async def _send(self, event: Mapping[str, Any]) -> None:
        with contextlib.suppress(ConnectionResetError):  # the client has gone
            await self._socket.send_str(json.dumps({"event_id": _id("event"), **event}))


class _Response:
    """A response that is being spoken."""

    def __init__(self, connection: _Connection, order: Order) -> None:
        self.id = _id("resp")
        self.order = order
        self.cancelled = asyncio.Event()
        self.task = asyncio.create_task(connection.speak(self))


def _id(kind: str) -> str:
    return f"{kind}_{next(_numbers):012d}"
