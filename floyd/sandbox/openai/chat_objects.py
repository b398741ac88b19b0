"""The JSON objects of Chat Completions: an answer in; the completion, or its chunks, out."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

_PIECE = re.compile(r"\s*\S{1,12}|\s+")
_TIERS = {"auto": "default", "fast": "priority"}


@dataclass(frozen=True)
class CalledTool:
    """A function call; its arguments are JSON, unless a fault says otherwise."""

    name: str
    arguments: str
    id: str = field(default_factory=lambda: f"call_{uuid.uuid4().hex[:24]}")


@dataclass(frozen=True)
class Completion:
    """An answer of the model, cut to what the request allows."""

    text: str = ""
    calls: tuple[CalledTool, ...] = ()
    refusal: str | None = None
    cut_short: bool = False

    @property
    def finish_reason(self) -> str:
        """Why the model stopped."""
        if self.cut_short:
            return "length"
        return "tool_calls" if self.calls else "stop"

    @property
    def token_count(self) -> int:
        """How many pieces the answer comes in."""
        texts = [self.refusal or self.text, *(call.arguments for call in self.calls)]
        return sum(len(pieces(text)) for text in texts)

    def limited(self, most_tokens: int | None) -> "Completion":
        """Return the answer, cut if it is longer than so many tokens."""
        if most_tokens is None or self.token_count <= most_tokens:
            return self
        text = "".join(pieces(self.text)[:most_tokens])
        return replace(self, text=text, calls=(), cut_short=True)


@dataclass(frozen=True)
class Envelope:
    """What all objects that answer one request share."""

    model: str
    created: int
    service_tier: str
    prompt_tokens: int
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")

    @classmethod
    def of(cls, body: dict[str, Any], created: int, prompt_tokens: int) -> "Envelope":
        """Address the answer to a request."""
        tier = body.get("service_tier") or "default"
        return cls(body["model"], created, _TIERS.get(tier, tier), prompt_tokens)

    def completion(self, answer: Completion) -> dict[str, Any]:
        """Return the whole answer as one object."""
        message: dict[str, Any] = {
            "role": "assistant",
            "content": answer.text or None,
            "refusal": answer.refusal,
            "annotations": [],
        }
        if answer.calls:
            message["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": _function(call.name, call.arguments),
                }
                for call in answer.calls
            ]
        choice = _choice(answer.finish_reason, message=message)
        return self._object("chat.completion", [choice]) | {"usage": self._usage(answer)}

    def chunks(self, answer: Completion) -> Iterator[dict[str, Any]]:
        """Yield the chunks that carry a token each."""
        name = "content" if answer.refusal is None else "refusal"
        for piece in pieces(answer.refusal or answer.text):
            yield self._chunk({name: piece})
        for index, call in enumerate(answer.calls):
            head = {"index": index, "id": call.id, "type": "function"}
            yield self._chunk({"tool_calls": [head | {"function": _function(call.name, "")}]})
            for piece in pieces(call.arguments):
                part = {"index": index, "function": {"arguments": piece}}
                yield self._chunk({"tool_calls": [part]})

    def first_chunk(self) -> dict[str, Any]:
        """Return the chunk that names the speaker."""
        return self._chunk({"role": "assistant", "content": "", "refusal": None})

    def last_chunk(self, answer: Completion) -> dict[str, Any]:
        """Return the chunk that says why it ends."""
        return self._chunk({}, answer.finish_reason)

    def usage_chunk(self, answer: Completion) -> dict[str, Any]:
        """Return the chunk that counts, sent after the last one when asked for."""
        return self._object("chat.completion.chunk", []) | {"usage": self._usage(answer)}

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
        return self._object("chat.completion.chunk", [_choice(finish_reason, delta=delta)])

    def _object(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "service_tier": self.service_tier,
            "system_fingerprint": None,
            "choices": choices,
        }

    def _usage(self, answer: Completion) -> dict[str, Any]:
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": answer.token_count,
            "total_tokens": self.prompt_tokens + answer.token_count,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }


def pieces(text: str) -> list[str]:
    """Cut a text into the pieces that stand for tokens: words with the space before them."""
    return _PIECE.findall(text)


def _choice(finish_reason: str | None, **said: Any) -> dict[str, Any]:
    return {"index": 0, **said, "logprobs": None, "finish_reason": finish_reason}


def _function(name: str, arguments: str) -> dict[str, str]:
    return {"name": name, "arguments": arguments}
