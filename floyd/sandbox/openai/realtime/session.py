"""What one Realtime session remembers: its settings and the default conversation; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from floyd.sandbox.openai import errors
from floyd.sandbox.openai.realtime.response import Order, text_to_read

_DEFAULT_INSTRUCTIONS = "Your knowledge cutoff is 2023-10. You are a helpful, witty, friendly AI."


class Session:
    """The settings of a session, as `session.created` and `session.updated` show them."""

    def __init__(self, session_id: str, model: str, expires_at: int) -> None:
        self.shown: dict[str, Any] = {
            "type": "realtime",
            "object": "realtime.session",
            "id": session_id,
            "model": model,
            "output_modalities": ["audio"],
            "instructions": _DEFAULT_INSTRUCTIONS,
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "tracing": None,
            "truncation": "auto",
            "prompt": None,
            "expires_at": expires_at,
            "audio": {
                "input": {"format": {"type": "audio/pcm", "rate": 24000}, "turn_detection": None},
                "output": {
                    "format": {"type": "audio/pcm", "rate": 24000},
                    "voice": "alloy",
                    "speed": 1.0,
                },
            },
            "include": None,
        }
        self.conversation_id = session_id.replace("sess_", "conv_")
        self.items: list[dict[str, Any]] = []
        self.has_spoken = False

    def update(self, changes: Mapping[str, Any]) -> None:
        """Takes over checked changes.

        Raises:
            ApiError: They change what cannot be changed.
        """
        if changes.get("model", self.shown["model"]) != self.shown["model"]:
            raise errors.ApiError(
                "Cannot change the model of a session.", param="session.model", code="invalid_value"
            )
        output = (changes.get("audio") or {}).get("output") or {}
        voice = self.shown["audio"]["output"]["voice"]
        if self.has_spoken and output.get("voice", voice) != voice:
            raise errors.ApiError(
                "Cannot update a conversation's voice if assistant audio is present.",
                code="cannot_update_voice",
            )
        self.shown = _merged(self.shown, changes)

    def order(self, request: Mapping[str, Any]) -> Order:
        """Completes a checked `response` of `response.create`."""
        output = self.shown["audio"]["output"]
        output = _merged(output, (request.get("audio") or {}).get("output") or {})
        instructions = request.get("instructions", self.shown["instructions"])
        apart = request.get("conversation") == "none"
        items = request.get("input")
        if items is None:
            items = [item for item in self.items if item.get("role") == "user"]
        text = text_to_read(instructions, items)
        return Order(
            text=text,
            voice=output["voice"],
            format=output["format"],
            conversation_id=None if apart else self.conversation_id,
            metadata=request.get("metadata"),
            max_output_tokens=request.get("max_output_tokens", self.shown["max_output_tokens"]),
            speed=output["speed"],
            prompt=instructions + text,
        )


def _merged(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with changes laid over them; an audio format is replaced as a whole."""
    merged = dict(settings)
    for name, value in changes.items():
        before = merged.get(name)
        deeper = isinstance(value, dict) and isinstance(before, dict) and name != "format"
        merged[name] = _merged(before or {}, value) if deeper else value
    return merged
