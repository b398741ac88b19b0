"""A reading session over a socket that is scripted."""

import asyncio
import json
from typing import Any

import pytest

from floyd.clock import Clock
from floyd.errors import VoiceError
from floyd.services.voice.openai_realtime import _ReadingSession

CLOCK = Clock(scale=20.0)


class Socket:
    """Agrees to its session, then says what a test tells it to, and nothing more."""

    def __init__(self, *events: dict[str, Any]) -> None:
        self._events = [{"type": "session.updated"}, *events]

    async def recv_bytes(self) -> bytes:
        if not self._events:
            await asyncio.Event().wait()
        return json.dumps(self._events.pop(0)).encode()

    async def send_raw(self, data: bytes | str) -> None: ...

    async def close(self) -> None: ...


def dials_after_failing_once(*events: dict[str, Any]) -> int:
    """Return how often a session has dialled that is asked for two texts."""
    dialled = 0

    async def dial() -> Socket:
        nonlocal dialled
        dialled += 1
        return Socket(*events)

    async def read_twice() -> None:
        session = _ReadingSession(dial, "marin", CLOCK)
        await session.connect()
        for _ in range(2):
            with pytest.raises(VoiceError):
                async for _ in session.speak("Hello."):
                    pass
        await session.close()

    asyncio.run(read_twice())
    return dialled


def test_a_socket_that_says_nothing_any_more_is_left_for_another() -> None:
    assert dials_after_failing_once() == 2


def test_a_socket_that_talks_nonsense_is_left_for_another() -> None:
    assert dials_after_failing_once({"type": "response.created", "response": "nonsense"}) > 2
