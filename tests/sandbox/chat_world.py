"""The chat stand-in behind OpenAI's own client, and requests as Floyd makes them."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import openai
from aiohttp import web

from floyd.prompts import instructions
from floyd.prompts.schemas import CallBackLater, Finish
from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.openai import OpenAIConditions, build_app
from floyd.sandbox.records import Records
from floyd.sandbox.sound import Voices
from floyd.services.openai_client import strict_function

MODEL = "gpt-6-luna"
SCALE = 10.0
REQUEST = "Call the school and let them know Mara is going to be home sick today."
OPENING = "I'm calling to let you know that Mara is going to be home sick today."
INTRODUCTION = "Hi, this is Floyd, an AI assistant calling for Ada Berg."
FACTS = {
    "Mara's full name": "Mara Berg, Ada's daughter",
    "Mara's class": "3B",
    "Mara's teacher": "Mr. Okafor",
}
TOOLS = [
    strict_function(Finish, "finish", "The call has come to its end."),
    strict_function(CallBackLater, "call_back_later", "Something must be asked first."),
]


@dataclass
class World:
    client: openai.AsyncOpenAI
    url: str
    clock: SandboxClock
    conditions: OpenAIConditions
    records: Records


def in_world(scenario: Callable[[World], Awaitable[None]], **conditions: Any) -> None:
    """Run a scenario against a stand-in of its own; it answers at once unless told otherwise."""
    quick: dict[str, Any] = {"first_token_s": 0.0, "tokens_per_s": 0.0}
    asyncio.run(_in_world(scenario, OpenAIConditions(**(quick | conditions))))


async def _in_world(
    scenario: Callable[[World], Awaitable[None]], conditions: OpenAIConditions
) -> None:
    clock, voices = SandboxClock(SCALE, time.time()), Voices()
    records = Records(clock)
    runner = web.AppRunner(build_app(voices, conditions, clock, records), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    client = openai.AsyncOpenAI(api_key="a-key", base_url=url, max_retries=0)
    try:
        await scenario(World(client, url, clock, conditions, records))
    finally:
        await client.close()
        await runner.cleanup()
        voices.close()


def task(name: str, **material: Any) -> list[Any]:
    """Messages of a task of Floyd's jobs."""
    return [
        {"role": "system", "content": instructions(name)},
        {"role": "user", "content": json.dumps(material)},
    ]


def numbered(facts: dict[str, str]) -> list[dict[str, Any]]:
    """Facts as Floyd's model reads them."""
    return [
        {"id": number, "subject": subject, "value": value}
        for number, (subject, value) in enumerate(facts.items(), 1)
    ]


def call_messages(*turns: str, facts: dict[str, str] = FACTS) -> list[dict[str, Any]]:
    """Messages of a live call after its opening; turns begin with `callee:`, `floyd:`, `note:`."""
    brief = {
        "plan": {"opening_line": OPENING, "callee": {"name": "Maple School"}},
        "snapshot": {"user": "Ada Berg", "facts": numbered(facts), "request": REQUEST},
        "callee": "Maple School",
    }
    opening = ("callee: Maple School, how can I help you?", f"floyd: {INTRODUCTION} {OPENING}")
    return [
        {"role": "system", "content": instructions("call")},
        {"role": "user", "content": json.dumps(brief)},
        *(_message(turn) for turn in (*opening, *turns)),
    ]


def _message(turn: str) -> dict[str, Any]:
    speaker, _, text = turn.partition(": ")
    if speaker == "floyd":
        return {"role": "assistant", "content": text}
    key = {"callee": "callee_said", "note": "note"}[speaker]
    return {"role": "user", "content": json.dumps({key: text})}


def live_request(*turns: str, **more: Any) -> dict[str, Any]:
    """A whole request of a live call."""
    return {
        "model": MODEL,
        "messages": call_messages(*turns),
        "tools": TOOLS,
        "reasoning_effort": "none",
        **more,
    }
