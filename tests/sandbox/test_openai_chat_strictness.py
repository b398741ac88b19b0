"""What the chat stand-in refuses, through OpenAI's own client, in the service's words."""

from typing import Any

import openai
import pytest

from tests.sandbox.chat_world import MODEL, TOOLS, World, in_world

HELLO = [{"role": "user", "content": "Hello"}]
CALLED = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {"id": "call_1", "type": "function", "function": {"name": "finish", "arguments": "{}"}}
    ],
}
LOOSE = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
STRICT = LOOSE | {"additionalProperties": False}


def schema_format(schema: dict[str, Any], name: str = "Answer") -> dict[str, Any]:
    described = {"name": name, "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": described}}


def with_tools(**more: Any) -> dict[str, Any]:
    return {"tools": TOOLS, "reasoning_effort": "none", **more}


REFUSED: dict[str, tuple[dict[str, Any], str, str | None]] = {
    "unknown parameter": (
        {"colour": "red"},
        "Unrecognized request argument supplied: colour",
        None,
    ),
    "two unknown parameters": ({"a": 1, "b": 2}, "arguments supplied: a, b", None),
    "no model": ({"model": None}, "you must provide a model parameter", None),
    "no messages": ({"messages": None}, "Missing required parameter: 'messages'", "messages"),
    "empty messages": ({"messages": []}, "Invalid 'messages': empty array", "messages"),
    "message of another type": (
        {"messages": ["Hello"]},
        "expected an object, but got a string instead",
        "messages[0]",
    ),
    "unknown role": (
        {"messages": [{"role": "robot", "content": "x"}]},
        "Invalid value: 'robot'. Supported values are: 'system'",
        "messages[0].role",
    ),
    "null content": (
        {"messages": [{"role": "user", "content": None}]},
        "expected a string, got null",
        "messages[0].content",
    ),
    "tool reply to nothing": (
        {"messages": [*HELLO, {"role": "tool", "tool_call_id": "call_1", "content": "ok"}]},
        "must be a response to a preceeding message with 'tool_calls'",
        "messages",
    ),
    "tool call without reply": (
        {"messages": [*HELLO, CALLED, *HELLO]},
        "did not have response messages: call_1",
        "messages",
    ),
    "text for a number": ({"temperature": "hot"}, "expected a decimal, but got a", "temperature"),
    "temperature too high": ({"temperature": 3}, "expected a value <= 2", "temperature"),
    "no tokens": ({"max_completion_tokens": 0}, "expected a value >= 1", "max_completion_tokens"),
    "old name of the limit": (
        {"max_tokens": 5},
        "Use 'max_completion_tokens' instead",
        "max_tokens",
    ),
    "unknown effort": ({"reasoning_effort": "huge"}, "Invalid value: 'huge'", "reasoning_effort"),
    "unknown tier": ({"service_tier": "gold"}, "Invalid value: 'gold'", "service_tier"),
    "unknown format": (
        {"response_format": {"type": "xml"}},
        "Invalid value",
        "response_format.type",
    ),
    "stream options without stream": (
        {"stream_options": {"include_usage": True}},
        "only allowed when 'stream' is enabled",
        "stream_options",
    ),
    "metadata without store": ({"metadata": {"a": "b"}}, "when 'store' is enabled", "metadata"),
    "tool choice without tools": (
        {"tool_choice": "auto"},
        "only allowed when 'tools' are specified",
        "tool_choice",
    ),
    "parallel calls without tools": (
        {"parallel_tool_calls": False},
        "only allowed when 'tools' are specified",
        "parallel_tool_calls",
    ),
    "choice of another tool": (
        with_tools(tool_choice={"type": "function", "function": {"name": "fly"}}),
        "Tool choice 'fly' not found",
        "tool_choice",
    ),
    "tools with reasoning": (
        with_tools(reasoning_effort="low"),
        "Function tools with reasoning_effort are not supported",
        "reasoning_effort",
    ),
    "tools with the default reasoning": (
        {"tools": TOOLS},
        "Please use /v1/responses instead",
        "reasoning_effort",
    ),
    "tool without function": (
        with_tools(tools=[{"type": "function"}]),
        "Missing required parameter: 'tools[0].function'",
        "tools[0].function",
    ),
    "tool with a bad name": (
        with_tools(tools=[{"type": "function", "function": {"name": "a b"}}]),
        "string does not match pattern",
        "tools[0].function.name",
    ),
    "strict tool with an open schema": (
        with_tools(
            tools=[
                {
                    "type": "function",
                    "function": {"name": "f", "strict": True, "parameters": LOOSE},
                }
            ]
        ),
        "Invalid schema for function 'f'",
        "tools[0].function.parameters",
    ),
    "open schema": (
        schema_format(LOOSE),
        "In context=(), 'additionalProperties' is required to be supplied and to be false.",
        "response_format",
    ),
    "schema with an optional property": (
        schema_format(STRICT | {"required": []}),
        "an array including every key in properties. Missing 'a'.",
        "response_format",
    ),
    "schema that is no object": (
        schema_format({"type": "array", "items": {"type": "string"}}),
        "got 'type: \"array\"'",
        "response_format",
    ),
    "open schema inside": (
        schema_format(STRICT | {"properties": {"a": LOOSE}}),
        "In context=('properties', 'a')",
        "response_format",
    ),
    "reference with a description": (
        schema_format(STRICT | {"properties": {"a": {"$ref": "#", "description": "x"}}}),
        "$ref cannot have keywords {'description'}",
        "response_format",
    ),
    "schema with a default": (
        schema_format(STRICT | {"properties": {"a": {"type": "string", "default": "x"}}}),
        "'default' is not permitted",
        "response_format",
    ),
    "schema with a bad name": (
        schema_format(STRICT, name="an answer"),
        "string does not match pattern",
        "response_format.json_schema.name",
    ),
    "what the stand-in cannot do": ({"logprobs": True}, "does not play 'logprobs'", "logprobs"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_request_gets_the_error_of_the_service(case: str) -> None:
    changed, message, param = REFUSED[case]
    body = {"model": MODEL, "messages": HELLO} | changed

    async def scenario(world: World) -> None:
        with pytest.raises(openai.BadRequestError) as refused:
            await world.client.post("/chat/completions", body=body, cast_to=object)
        assert message in refused.value.message
        assert refused.value.param == param
        assert refused.value.type == "invalid_request_error"

    in_world(scenario)


@pytest.mark.parametrize("model", ["gpt-3", "gpt-realtime-2.1-mini"])
def test_unknown_model_is_not_found(model: str) -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(openai.NotFoundError) as refused:
            await world.client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": "Hello"}]
            )
        assert refused.value.code == "model_not_found"

    in_world(scenario)


def test_request_without_a_key_is_not_let_in() -> None:
    async def scenario(world: World) -> None:
        client = world.client.copy(default_headers={"Authorization": ""})
        with pytest.raises(openai.AuthenticationError):
            await client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": "Hello"}]
            )

    in_world(scenario)


def test_conversation_longer_than_the_context_is_refused() -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(openai.BadRequestError) as refused:
            await world.client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": "word " * 220_000}]
            )
        assert refused.value.code == "context_length_exceeded"

    in_world(scenario)


@pytest.mark.parametrize("content", [b"{", b"[]", b'"text"', b"\xff\xfe"])
def test_body_that_is_no_json_object_is_refused(content: bytes) -> None:
    async def scenario(world: World) -> None:
        with pytest.raises(openai.BadRequestError) as refused:
            await world.client.post(
                "/chat/completions",
                content=content,
                cast_to=object,
                options={"headers": {"Content-Type": "application/json"}},
            )
        assert "could not parse the JSON body" in refused.value.message

    in_world(scenario)


def test_everything_that_the_service_takes_is_taken() -> None:
    async def scenario(world: World) -> None:
        completion = await world.client.chat.completions.create(
            model=MODEL,
            messages=[
                {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
                {"role": "user", "content": "Hello", "name": "Ada"},
            ],
            frequency_penalty=0.5,
            max_completion_tokens=50,
            metadata={"call": "1"},
            n=1,
            presence_penalty=0.5,
            prompt_cache_key="call-1",
            reasoning_effort="low",
            response_format={"type": "text"},
            safety_identifier="user-1",
            seed=7,
            service_tier="priority",
            stop=["\n"],
            store=True,
            temperature=0.2,
            top_p=0.9,
            user="user-1",
            verbosity="low",
        )
        assert completion.choices[0].message.content
        assert completion.service_tier == "priority"

    in_world(scenario)
