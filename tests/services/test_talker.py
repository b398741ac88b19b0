"""Streamed replies through OpenAI's SDK, on the wire."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import orjson
import pytest

from floyd import prompts
from floyd.errors import ModelError
from floyd.prompts.schemas import CallBackLater, Finish
from floyd.services.model.openai_chat import OpenAITalker
from floyd.services.model.protocol import Message, Talker, Tool, ToolCall
from floyd.settings import Settings
from tests.services.conftest import Speech

TOOLS = [
    Tool("finish", "The call has come to its end.", Finish),
    Tool("call_back_later", "Something must be asked of the user first.", CallBackLater),
]


def messages(*callee_said: str) -> list[Message]:
    plan = {
        "goal": "Maple School knows that Mara is home sick today.",
        "title": "Mara sick today",
        "opening_line": "I'm calling to let you know that Mara is going to be home sick today.",
        "steps": [],
        "limits": {"budget_usd": None, "other": []},
    }
    snapshot = {
        "user": "Anna Berg",
        "facts": [{"id": 1, "subject": "Mara", "value": "daughter, full name Mara Berg"}],
        "request": "Call the school and let them know Mara is going to be home sick today.",
    }
    context = {"plan": plan, "snapshot": snapshot, "callee": "Maple School"}
    said = [{"role": "user", "content": _json({"callee_said": words})} for words in callee_said]
    return [
        {"role": "system", "content": prompts.instructions("call")},
        {"role": "user", "content": _json(context)},
        {"role": "assistant", "content": plan["opening_line"]},
        *said,
    ]


def _json(content: dict[str, Any]) -> str:
    return orjson.dumps(content).decode()


def talk(settings: Settings, scenario: Callable[[Talker], Awaitable[None]]) -> None:
    async def run() -> None:
        talker = OpenAITalker(settings, settings.clock)
        try:
            await scenario(talker)
        finally:
            await talker.close()

    asyncio.run(run())


async def reply(talker: Talker, *callee_said: str) -> tuple[str, list[ToolCall], int]:
    """The reply's text, its tool calls, and how many pieces of text there were."""
    async with aclosing(talker.reply(messages(*callee_said), TOOLS)) as pieces:
        received = [piece async for piece in pieces]
    text = [piece for piece in received if isinstance(piece, str)]
    calls = [piece for piece in received if isinstance(piece, ToolCall)]
    assert received == [*text, *calls]
    return "".join(text), calls, len(text)


def test_a_reply_comes_in_pieces(speech_settings: Settings, speech: Speech) -> None:
    async def scenario(talker: Talker) -> None:
        text, calls, pieces = await reply(talker, "What is her full name?")
        assert "Mara Berg" in text
        assert calls == []
        assert pieces > 1

    talk(speech_settings, scenario)
    (request,) = [record.fields["body"] for record in speech.records.of("openai.chat")]
    assert (request["reasoning_effort"], request["stream"]) == ("none", True)
    assert "service_tier" not in request


def test_a_tool_call_comes_whole_after_the_text(speech_settings: Settings) -> None:
    async def scenario(talker: Talker) -> None:
        text, (call,), _ = await reply(talker, "Got it, I've marked Mara as sick. Thank you!")
        assert text
        assert call.name == "finish"
        assert Finish.model_validate_json(call.arguments).outcome == "done"

    talk(speech_settings, scenario)


def test_the_turns_of_one_call_share_their_cache(speech_settings: Settings, speech: Speech) -> None:
    async def scenario(talker: Talker) -> None:
        await reply(talker, "What is her full name?")
        await reply(talker, "What is her full name?", "And who is calling?")

    tiered = speech_settings.model_copy(update={"floyd_service_tier": "priority"})
    talk(tiered, scenario)
    bodies = [record.fields["body"] for record in speech.records.of("openai.chat")]
    assert len({body["prompt_cache_key"] for body in bodies}) == 1
    assert {body["service_tier"] for body in bodies} == {"priority"}


@pytest.mark.parametrize("status", [429, 500])
def test_one_failure_before_the_first_word_is_hidden(
    speech_settings: Settings, speech: Speech, status: int
) -> None:
    speech.openai.fail_next = [status]

    async def scenario(talker: Talker) -> None:
        assert (await reply(talker, "Who is calling?"))[0]

    talk(speech_settings, scenario)


def test_a_second_failure_is_the_callers_to_handle(
    speech_settings: Settings, speech: Speech
) -> None:
    speech.openai.fail_next = [500, 500]

    async def scenario(talker: Talker) -> None:
        with pytest.raises(ModelError):
            await reply(talker, "Who is calling?")

    talk(speech_settings, scenario)


@pytest.mark.parametrize("fault", ["refusal", "truncate"])
def test_a_refused_or_cut_off_reply_is_an_error(
    speech_settings: Settings, speech: Speech, fault: str
) -> None:
    setattr(speech.openai, fault, 1)

    async def scenario(talker: Talker) -> None:
        with pytest.raises(ModelError):
            await reply(talker, "Who is calling?")

    talk(speech_settings, scenario)


def test_a_reply_that_hangs_can_be_closed(speech_settings: Settings, speech: Speech) -> None:
    speech.openai.hang_in_stream = 1

    async def scenario(talker: Talker) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reply(talker, "Who is calling?"), 0.5)
        assert (await reply(talker, "Who is calling?"))[0]

    talk(speech_settings, scenario)
