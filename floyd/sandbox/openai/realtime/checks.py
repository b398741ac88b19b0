"""A client's event in, its fault out: what the Realtime API refuses, and how it words that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from floyd.sandbox.openai import errors
from floyd.sandbox.openai.reader import VOICES

# What may be given: a mapping knows all its keys, a list the shape of its elements, ANY is free.
ANY = None
_FORMAT: Mapping[str, Any] = {"type": ANY, "rate": ANY}
_PART = dict.fromkeys(["type", "text", "audio", "transcript", "detail", "image_url"], ANY)
_ITEM: Mapping[str, Any] = {
    **dict.fromkeys(["id", "type", "object", "role", "status", "name", "arguments"], ANY),
    **dict.fromkeys(["call_id", "output"], ANY),
    "content": [_PART],
}
_COMMON = dict.fromkeys(
    "instructions max_output_tokens output_modalities parallel_tool_calls prompt "
    "reasoning tool_choice tools".split(),
    ANY,
)
_SESSION: Mapping[str, Any] = {
    **_COMMON,
    **dict.fromkeys(["type", "model", "include", "tracing", "truncation"], ANY),
    "audio": {
        "input": dict.fromkeys(["format", "noise_reduction", "transcription", "turn_detection"]),
        "output": {"format": _FORMAT, "speed": ANY, "voice": ANY},
    },
}
_RESPONSE: Mapping[str, Any] = {
    **_COMMON,
    "conversation": ANY,
    "metadata": ANY,
    "input": [_ITEM],
    "audio": {"output": {"format": _FORMAT, "voice": ANY}},
}
_EVENTS: Mapping[str, Mapping[str, Any]] = {
    "session.update": {"session": _SESSION},
    "response.create": {"response": _RESPONSE},
    "response.cancel": {"response_id": ANY},
    "conversation.item.create": {"item": _ITEM, "previous_item_id": ANY},
    "conversation.item.delete": {"item_id": ANY},
    "input_audio_buffer.append": {"audio": ANY},
    "input_audio_buffer.clear": {},
}
# The real one has audio/pcma too, and text answers; a reader needs neither.
FORMATS = ["audio/pcm", "audio/pcmu"]
_PCM_RATE_HZ = 24_000
_MOST_TOKENS = 4096


def parsed(message: str | bytes) -> dict[str, Any]:
    """Reads a client's event.

    Raises:
        ApiError: It is no JSON object.
    """
    try:
        event = json.loads(message)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise errors.ApiError(
            "We could not parse the JSON body of your event. The JSON should be an object "
            "with a `type`.",
            code="invalid_json",
        )
    return event


def check_event(event: Mapping[str, Any]) -> None:
    """Checks an event's type, the names in it and their values.

    Raises:
        ApiError: With the offending parameter.
    """
    kind = event.get("type")
    if kind is None:
        raise errors.missing("type")
    if kind not in _EVENTS:
        raise errors.wrong_value("type", kind, list(_EVENTS))
    _check_names(event, {"type": ANY, "event_id": ANY, **_EVENTS[kind]}, "")
    if kind == "session.update":
        if "session" not in event:
            raise errors.missing("session")
        _check_session(event["session"])
    elif kind == "response.create":
        _check_common(event.get("response", {}), "response")
    elif kind == "conversation.item.create" and "item" not in event:
        raise errors.missing("item")


def _check_names(value: object, shape: Any, path: str) -> None:
    if shape is ANY or value is None:
        return
    if isinstance(shape, list):
        if not isinstance(value, list):
            raise errors.wrong_type(path, "an array", value)
        for index, element in enumerate(value):
            _check_names(element, shape[0], f"{path}[{index}]")
        return
    if not isinstance(value, dict):
        raise errors.wrong_type(path, "an object", value)
    for name, inner in value.items():
        inner_path = f"{path}.{name}" if path else name
        if name not in shape:
            raise errors.ApiError(
                f"Unknown parameter: '{inner_path}'.", param=inner_path, code="unknown_parameter"
            )
        _check_names(inner, shape[name], inner_path)


def _check_session(session: Mapping[str, Any]) -> None:
    if "type" not in session:
        raise errors.missing("session.type")
    if session["type"] != "realtime":
        raise errors.wrong_value("session.type", session["type"], ["realtime"])
    _check_common(session, "session")
    speed = ((session.get("audio") or {}).get("output") or {}).get("speed", 1.0)
    if not isinstance(speed, int | float) or not 0.25 <= speed <= 1.5:
        raise errors.wrong_value("session.audio.output.speed", speed, ["0.25 to 1.5"])


def _check_common(given: Mapping[str, Any], path: str) -> None:
    instructions = given.get("instructions", "")
    if not isinstance(instructions, str):
        raise errors.wrong_type(f"{path}.instructions", "a string", instructions)
    modalities = given.get("output_modalities", ["audio"])
    if modalities != ["audio"]:
        raise errors.wrong_value(f"{path}.output_modalities", modalities, ["audio"])
    tokens = given.get("max_output_tokens", "inf")
    if tokens != "inf" and not (type(tokens) is int and 1 <= tokens <= _MOST_TOKENS):
        raise errors.wrong_value(
            f"{path}.max_output_tokens", tokens, [f"1 to {_MOST_TOKENS}", "inf"]
        )
    _check_output((given.get("audio") or {}).get("output") or {}, f"{path}.audio.output")


def _check_output(output: Mapping[str, Any], path: str) -> None:
    voice = output.get("voice", "alloy")
    if voice not in VOICES:
        raise errors.wrong_value(f"{path}.voice", voice, sorted(VOICES))
    form = output.get("format")
    if form is None:
        return
    if form.get("type") not in FORMATS:
        raise errors.wrong_value(f"{path}.format.type", form.get("type"), FORMATS)
    if form["type"] == "audio/pcm" and form.get("rate", _PCM_RATE_HZ) != _PCM_RATE_HZ:
        raise errors.wrong_value(f"{path}.format.rate", form["rate"], [str(_PCM_RATE_HZ)])
