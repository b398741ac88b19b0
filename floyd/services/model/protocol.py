"""What Floyd asks of a language model."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from floyd.prompts.schemas import Answer

AnswerT = TypeVar("AnswerT", bound=Answer)

Message = dict[str, Any]
"""A chat message as the Chat Completions API takes it: role, content, tool calls."""


@dataclass(frozen=True)
class Tool:
    """A function that the model may call: its arguments are those of a schema."""

    name: str
    description: str
    arguments: type[Answer]


@dataclass(frozen=True)
class ToolCall:
    """A finished call of a tool; `arguments` is JSON as the model wrote it, unchecked."""

    name: str
    arguments: str


class Thinker(Protocol):
    """Answers a task with structured data; used by jobs, may take seconds."""

    def think(self, instructions: str, material: dict[str, Any], answer: type[AnswerT]) -> AnswerT:
        """Return the answer to a task.

        Args:
            instructions: the system prompt, unchanged from call to call so that it is cached.
            material: JSON-serialisable data; the only thing that differs.
            answer: the schema of the answer; its class name is the schema's name on the wire.

        Raises:
            ModelError: no answer that fits the schema, after one repair.
        """
        ...


class Talker(Protocol):
    """Streams the reply of a live conversation; used on the calls loop."""

    def reply(
        self, messages: Sequence[Message], tools: Sequence[Tool]
    ) -> AsyncGenerator[str | ToolCall]:
        """Yield pieces of text as they come, then the tool calls, complete.

        Closing the iterator ends the request.

        Raises:
            ModelError: the stream failed or broke off.
        """
        ...

    def warm_up(self) -> None:
        """Make the client now, on the loop that will use it: a first call would wait 200 ms."""
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...
