"""A streamed reply, put together: server-sent bytes go in, text and whole tool calls come out.

Read by hand because the SDK's parsing of every chunk is what saturates a process at 40 calls.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from floyd.errors import ModelError
from floyd.services.model.protocol import ToolCall

_DATA = b"data:"
_END = b"[DONE]"
_WHOLE = frozenset({"stop", "tool_calls"})


@dataclass
class _Growing:
    """A tool call whose arguments are still coming."""

    name: str = ""
    arguments: str = ""


class StreamedReply:
    """One reply of the Chat Completions API as its server-sent events arrive."""

    def __init__(self) -> None:
        self._rest = b""
        self._calls: dict[int, _Growing] = {}
        self._finish_reason: str | None = None

    def feed(self, received: bytes) -> str:
        """Return the text in some bytes of the stream, cut anywhere; possibly empty.

        Raises:
            ModelError: the model refused or was cut short, or the stream carries no reply.
        """
        *lines, self._rest = (self._rest + received).split(b"\n")
        return "".join([self._text_of(line) for line in lines if line.startswith(_DATA)])

    def tool_calls(self) -> list[ToolCall]:
        """Return the tool calls of a stream that has ended.

        Raises:
            ModelError: it broke off before its end.
        """
        if self._finish_reason is None:
            raise ModelError("the model's reply broke off", retryable=True)
        calls = (self._calls[index] for index in sorted(self._calls))
        return [ToolCall(call.name, call.arguments) for call in calls]

    def _text_of(self, line: bytes) -> str:
        data = line[len(_DATA) :].strip()
        if data == _END:
            return ""
        try:
            event = orjson.loads(data)
            if "error" in event:
                raise ModelError("the model failed in mid-reply", retryable=True)
            return "".join([self._take(choice) for choice in event["choices"]])
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise ModelError("the model's stream cannot be read", retryable=True) from error

    def _take(self, choice: dict[str, Any]) -> str:
        delta = choice["delta"]
        if delta.get("refusal"):
            raise ModelError("the model refused to reply")
        for part in delta.get("tool_calls") or ():
            call = self._calls.setdefault(part["index"], _Growing())
            function = part.get("function") or {}
            call.name += function.get("name") or ""
            call.arguments += function.get("arguments") or ""
        if reason := choice.get("finish_reason"):
            if reason not in _WHOLE:
                raise ModelError(f"the model's reply was cut short: {reason}")
            self._finish_reason = reason
        return str(delta.get("content") or "")
