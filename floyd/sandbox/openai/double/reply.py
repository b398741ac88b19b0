"""What the double answers with: text to say and tools to call."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ToolCall:
    """A function to call with its arguments."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """An answer: the text comes first, then the tool call."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
