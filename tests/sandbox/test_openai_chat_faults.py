"""What a test can have go wrong with the chat stand-in, seen by OpenAI's own client."""

import asyncio
import json
from typing import Any

import openai
import pytest
from pydantic import ValidationError

from floyd.prompts.schemas import CallBackLater, Finish, Understanding
from tests.sandbox.chat_world import MODEL, REQUEST, World, in_world, live_request, task

CONFIRMED = "callee: Got it, I've marked Mara Berg absent."
PATIENCE_S = 0.2


async def understood(world: World) -> Any:
    return await world.client.chat.completions.parse(
        model=MODEL,
        messages=task("understanding", text=REQUEST, open_errands=[]),
        response_format=Understanding,
    )


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
def test_next_requests_fail_with_the_statuses_asked_for(
    status: int, error: type[openai.APIStatusError]
) -> None:
    async def scenario(world: World) -> None:
        for _ in range(2):
            with pytest.raises(error) as failed:
                await understood(world)
            assert failed.value.status_code == status
        assert (await understood(world)).choices[0].message.parsed

    in_world(scenario, fail_next=[status, status])


@pytest.mark.parametrize("fault", ["hang_at_first_token", "hang_in_stream"])
def test_stream_hangs_until_the_client_gives_up(fault: str) -> None:
    received: list[str] = []

    async def listen(world: World) -> None:
        stream = await world.client.chat.completions.create(**live_request(CONFIRMED, stream=True))
        async for chunk in stream:
            received.append(chunk.choices[0].delta.content or "")

    async def scenario(world: World) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(PATIENCE_S * 5):
                await listen(world)
        assert ("Thank" in received) == (fault == "hang_in_stream")
        assert not world.records.of("openai.chat.answered")
        await listen(world)

    in_world(scenario, **{fault: 1})


def test_whole_answer_hangs_until_the_client_times_out() -> None:
    async def scenario(world: World) -> None:
        impatient = world.client.with_options(timeout=PATIENCE_S)
        with pytest.raises(openai.APITimeoutError):
            await impatient.chat.completions.create(**live_request(CONFIRMED))
        assert (await understood(world)).choices[0].message.parsed

    in_world(scenario, hang_at_first_token=1)


def test_malformed_json_fits_no_schema() -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(ValidationError):
            await understood(world)
        assert (await understood(world)).choices[0].message.parsed

    in_world(scenario, malformed_json=1)


def test_malformed_json_leaves_a_live_reply_alone() -> None:
    async def scenario(world: World) -> None:
        completion = await world.client.chat.completions.create(**live_request(CONFIRMED))
        assert completion.choices[0].message.content == "Thank you very much. Goodbye."
        assert world.conditions.malformed_json == 1

    in_world(scenario, malformed_json=1)


def test_refusal_comes_in_place_of_an_answer() -> None:
    async def scenario(world: World) -> None:
        message = (await understood(world)).choices[0].message
        assert message.refusal
        assert message.content is None
        assert (await understood(world)).choices[0].message.parsed

    in_world(scenario, refusal=1)


def test_refusal_is_streamed_as_such() -> None:
    async def scenario(world: World) -> None:
        stream = await world.client.chat.completions.create(**live_request(CONFIRMED, stream=True))
        deltas = [chunk.choices[0].delta async for chunk in stream]
        assert "".join(delta.refusal or "" for delta in deltas).startswith("I'm sorry")
        assert not any(delta.content or delta.tool_calls for delta in deltas)

    in_world(scenario, refusal=1)


def test_truncated_answer_says_that_its_length_ended_it() -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(openai.LengthFinishReasonError):
            await understood(world)
        assert (await understood(world)).choices[0].message.parsed

    in_world(scenario, truncate=1)


def test_unknown_tool_is_called_once() -> None:
    async def scenario(world: World) -> None:
        names = []
        for _ in range(2):
            completion = await world.client.chat.completions.create(**live_request(CONFIRMED))
            calls = completion.choices[0].message.tool_calls or []
            names += [call.function.name for call in calls if call.type == "function"]
        assert names == ["transfer_money", "finish"]

    in_world(scenario, unknown_tool=1)


def test_bad_tool_arguments_fit_no_schema() -> None:
    async def scenario(world: World) -> None:
        completion = await world.client.chat.completions.create(
            **live_request("callee: Which class?")
        )
        [call] = completion.choices[0].message.tool_calls or []
        assert call.type == "function"
        with pytest.raises(ValidationError):
            Finish.model_validate_json(call.function.arguments)
        with pytest.raises(ValidationError):
            CallBackLater.model_validate_json(call.function.arguments)
        with pytest.raises(ValueError, match="Expecting value"):
            json.loads(call.function.arguments)

    in_world(scenario, bad_tool_arguments=1)
