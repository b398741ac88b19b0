"""The language model over the Chat Completions API: OpenAI's, or any server that speaks it."""

import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import cache, cached_property
from typing import Any

import orjson
from pydantic import ValidationError

from floyd.clock import Clock
from floyd.errors import ModelError
from floyd.prompts.schemas import Answer
from floyd.services import openai_client
from floyd.services.model.protocol import AnswerT, Message, Tool, ToolCall
from floyd.services.model.streamed import StreamedReply
from floyd.settings import Settings

_ANSWER_TOKENS = 8_000
_REPLY_TOKENS = 600
_PREFIX_MESSAGES = 2


class OpenAIThinker:
    """Answers tasks with structured data.

    Args:
        settings: names server, key and model.
        clock: scales the timeouts.
        effort: how much the model reasons first, `none` to `max`.
    """

    def __init__(self, settings: Settings, clock: Clock, *, effort: str = "low") -> None:
        # The SDK imports a resource at its first mention: here, before a worker forks.
        self._completions = openai_client.job_client(settings, clock).chat.completions
        self._model = settings.floyd_model
        self._effort = effort

    def think(self, instructions: str, material: dict[str, Any], answer: type[AnswerT]) -> AnswerT:
        """Return the answer to a task; what does not fit its schema is asked for once more."""
        messages = [
            {"role": "system", "content": instructions},
            {"role": "user", "content": orjson.dumps(material).decode()},
        ]
        try:
            return self._ask(messages, answer)
        except _Unfit as unfit:
            return self._ask(messages + unfit.repair, answer)

    def _ask(self, messages: list[Message], answer: type[AnswerT]) -> AnswerT:
        content = self._complete(messages, answer)
        try:
            return answer.model_validate_json(content)
        except ValidationError as error:
            problems = error.json(include_input=False, include_url=False, include_context=False)
            complaint = f"It does not fit the schema: {problems}"
            raise _Unfit(f"does not fit {answer.__name__}", content, complaint) from error

    def _complete(self, messages: list[Message], answer: type[Answer]) -> str:
        name = answer.__name__
        request: dict[str, Any] = {
            "model": self._model,
            "messages": messages,
            "response_format": {"type": "json_schema", "json_schema": _answer_format(answer)},
            "reasoning_effort": self._effort,
            "max_completion_tokens": _ANSWER_TOKENS,
            "prompt_cache_key": f"floyd-{name}",
        }
        with openai_client.service_errors(ModelError, f"think about {name}"):
            completion = self._completions.create(**request)
        # A page that is no JSON reaches us as a string.
        choices = getattr(completion, "choices", None)
        if not choices:
            raise _Unfit("is empty", "", "It was empty.")
        choice = choices[0]
        content = choice.message.content or ""
        if choice.message.refusal:
            raise _Unfit("is a refusal", choice.message.refusal, "Answer in the schema instead.")
        if choice.finish_reason != "stop":
            raise _Unfit(f"ended by {choice.finish_reason}", content, "It was cut off: be brief.")
        return str(content)


class OpenAITalker:
    """Streams the replies of live calls. Belongs to the loop on which it is first used."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def reply(
        self, messages: Sequence[Message], tools: Sequence[Tool]
    ) -> AsyncGenerator[str | ToolCall]:
        """Yield pieces of text as they come, then the tool calls.

        What fails before the first piece (a connection gone stale, a 429) is asked once more, at
        once; how long all that may take is the caller's to bound.
        """
        request = self._request(messages, tools)
        for once_more in (True, False):
            begun = False
            try:
                async with aclosing(self._stream(request)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except ModelError as error:
                if begun or not error.retryable or not once_more:
                    raise

    def warm_up(self) -> None:
        """Make the client now."""
        _ = self._client

    async def close(self) -> None:
        """Let go of the connections."""
        if "_client" in vars(self):
            await self._client.close()

    async def _stream(self, request: dict[str, Any]) -> AsyncGenerator[str | ToolCall]:
        reply = StreamedReply()
        completions = self._client.chat.completions.with_streaming_response
        with openai_client.service_errors(ModelError, "reply"):
            async with completions.create(**request) as response:
                async for received in response.iter_bytes():
                    if text := reply.feed(received):
                        yield text
        for call in reply.tool_calls():
            yield call

    def _request(self, messages: Sequence[Message], tools: Sequence[Tool]) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._settings.call_model,
            "messages": list(messages),
            "stream": True,
            # Tools work only without reasoning; a live call wants none anyway.
            "reasoning_effort": "none",
            "max_completion_tokens": _REPLY_TOKENS,
            "prompt_cache_key": _cache_key(messages),
        }
        if tools:
            request["tools"] = [_tool_format(tool) for tool in tools]
        if self._settings.floyd_service_tier:
            request["service_tier"] = self._settings.floyd_service_tier
        return request

    @cached_property
    def _client(self) -> openai_client.LiveClient:
        return openai_client.live_client(self._settings, self._clock)


class _Unfit(ModelError):
    """An answer that cannot be used, and what to tell the model so that the next one can."""

    def __init__(self, problem: str, content: str, complaint: str) -> None:
        super().__init__(f"the model's answer {problem}", retryable=True)
        self.repair: list[Message] = [
            {"role": "assistant", "content": content},
            {"role": "user", "content": f"That answer cannot be used. {complaint}"},
        ]


def _cache_key(messages: Sequence[Message]) -> str:
    """Return what the turns of one call have in common: its unchanged first messages."""
    prefix = orjson.dumps(list(messages[:_PREFIX_MESSAGES]))
    return hashlib.sha256(prefix).hexdigest()[:32]


@cache
def _answer_format(answer: type[Answer]) -> dict[str, Any]:
    return {
        "name": answer.__name__,
        "strict": True,
        "schema": openai_client.strict_schema(answer),
    }


@cache
def _tool_format(tool: Tool) -> dict[str, Any]:
    return openai_client.strict_function(tool.arguments, tool.name, tool.description)
