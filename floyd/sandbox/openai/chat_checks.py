"""How strict the chat service is: a request's body in, its own error out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.openai.errors import ApiError, missing, unknown_model, wrong_type, wrong_value
from floyd.sandbox.openai.models import CHAT_MODELS
from floyd.sandbox.openai.strict_schema import complaint

CONTEXT_TOKENS = 272_000
CHARACTERS_PER_TOKEN = 4
_EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
_TIERS = ["auto", "default", "flex", "scale", "priority", "fast"]
_ROLES = ["system", "assistant", "user", "function", "tool", "developer"]
_FORMATS = ["json_object", "json_schema", "text"]
_NOT_PLAYED = frozenset(
    {
        "audio",
        "function_call",
        "functions",
        "logit_bias",
        "logprobs",
        "modalities",
        "moderation",
        "prediction",
        "top_logprobs",
        "web_search_options",
    }
)


@dataclass(frozen=True)
class _Kind:
    """A type of parameter: what the service calls it, and what it accepts."""

    called: str
    accepts: Callable[[Any], bool]


_TEXT = _Kind("a string", lambda value: isinstance(value, str))
_FLAG = _Kind("a boolean", lambda value: isinstance(value, bool))
_COUNT = _Kind("an integer", lambda value: type(value) is int)
_NUMBER = _Kind("a decimal", lambda value: type(value) in (int, float))
_LIST = _Kind("an array of objects", lambda value: isinstance(value, list))
_OBJECT = _Kind("an object", lambda value: isinstance(value, dict))
_ANYTHING = _Kind("anything", lambda value: True)


def _refused(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    return ApiError(message, param=param, code=code)


_PARAMETERS = {
    "messages": _LIST,
    "model": _TEXT,
    "frequency_penalty": _NUMBER,
    "max_completion_tokens": _COUNT,
    "metadata": _OBJECT,
    "n": _COUNT,
    "parallel_tool_calls": _FLAG,
    "presence_penalty": _NUMBER,
    "prompt_cache_key": _TEXT,
    "prompt_cache_options": _OBJECT,
    "prompt_cache_retention": _TEXT,
    "reasoning_effort": _TEXT,
    "response_format": _OBJECT,
    "safety_identifier": _TEXT,
    "seed": _COUNT,
    "service_tier": _TEXT,
    "stop": _ANYTHING,
    "store": _FLAG,
    "stream": _FLAG,
    "stream_options": _OBJECT,
    "temperature": _NUMBER,
    "tool_choice": _ANYTHING,
    "tools": _LIST,
    "top_p": _NUMBER,
    "user": _TEXT,
    "verbosity": _TEXT,
}
_CHOICES = {
    "reasoning_effort": _EFFORTS,
    "service_tier": _TIERS,
    "verbosity": ["low", "medium", "high"],
    "prompt_cache_retention": ["in_memory", "24h"],
}
_RANGES = {"temperature": (0, 2), "top_p": (0, 1), "n": (1, 1), "max_completion_tokens": (1, None)}


def check(body: Mapping[str, Any]) -> None:
    """Check the body of a request as the service does.

    Raises:
        ApiError: the service would answer with this error.
    """
    _check_names(body)
    given = {name: value for name, value in body.items() if value is not None}
    _check_required(given)
    for name, value in given.items():
        _check_value(name, value)
    if given["model"] not in CHAT_MODELS:
        raise unknown_model(given["model"])
    _check_messages(given["messages"])
    _check_format(given.get("response_format"))
    _check_tools(given)
    _check_combinations(given)
    _check_length(given["messages"])


def _check_names(body: Mapping[str, Any]) -> None:
    if "max_tokens" in body:
        message = "'max_tokens' is not supported with this model. Use 'max_completion_tokens'"
        raise _refused(f"Unsupported parameter: {message} instead.", "max_tokens", _UNSUPPORTED)
    not_played = next((name for name in body if name in _NOT_PLAYED), None)
    if not_played:
        message = f"Unsupported parameter: this stand-in does not play '{not_played}'."
        raise _refused(message, not_played, _UNSUPPORTED)
    unknown = [name for name in body if name not in _PARAMETERS]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise _refused(f"Unrecognized request argument{plural} supplied: {', '.join(unknown)}")


_UNSUPPORTED = "unsupported_parameter"


def _check_required(given: Mapping[str, Any]) -> None:
    if "model" not in given:
        raise ApiError("you must provide a model parameter")
    if "messages" not in given:
        raise missing("messages")


def _check_value(name: str, value: Any) -> None:
    kind = _PARAMETERS[name]
    if not kind.accepts(value):
        raise wrong_type(name, kind.called, value)
    if name in _CHOICES and value not in _CHOICES[name]:
        raise wrong_value(name, value, _CHOICES[name])
    low, high = _RANGES.get(name, (None, None))
    if low is not None and value < low:
        _refuse_range(name, value, f"a value >= {low}", "integer_below_min_value")
    if high is not None and value > high:
        _refuse_range(name, value, f"a value <= {high}", "integer_above_max_value")


def _refuse_range(name: str, value: Any, expected: str, code: str) -> None:
    code = code if isinstance(value, int) else code.replace("integer", "decimal")
    message = f"Invalid '{name}': expected {expected}, but got {value} instead."
    raise _refused(message, name, code)


def _check_messages(messages: list[Any]) -> None:
    if not messages:
        message = "Invalid 'messages': empty array. Expected an array with minimum length 1."
        raise _refused(message, "messages", "empty_array")
    for index, message in enumerate(messages):
        _check_message(message, f"messages[{index}]")
    _check_tool_replies(messages)


def _check_message(message: Any, where: str) -> None:
    if not isinstance(message, dict):
        raise wrong_type(where, "an object", message)
    if message.get("role") not in _ROLES:
        raise wrong_value(f"{where}.role", message.get("role"), _ROLES)
    body = message.get("content")
    may_lack = message["role"] == "assistant" and message.get("tool_calls")
    if body is None and not may_lack:
        text = f"Invalid value for 'content': expected a string, got null. ({where})"
        raise _refused(text, f"{where}.content")
    if body is not None and not isinstance(body, str | list):
        raise wrong_type(f"{where}.content", "one of a string or array of objects", body)


def _check_tool_replies(messages: list[dict[str, Any]]) -> None:
    """Each tool call is answered by a tool message, right behind it, and no other is."""
    waiting: set[str] = set()
    for message in messages:
        if message["role"] == "tool":
            if message.get("tool_call_id") not in waiting:
                raise _refused(
                    "Invalid parameter: messages with role 'tool' must be a response to a "
                    "preceeding message with 'tool_calls'.",
                    "messages",
                )
            waiting.discard(message["tool_call_id"])
            continue
        if waiting:
            break
        waiting = {call["id"] for call in message.get("tool_calls") or []}
    if waiting:
        raise _refused(
            "An assistant message with 'tool_calls' must be followed by tool messages responding "
            "to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
            + ", ".join(sorted(waiting)),
            "messages",
        )


def _check_format(form: dict[str, Any] | None) -> None:
    if form is None:
        return
    if form.get("type") not in _FORMATS:
        raise wrong_value("response_format.type", form.get("type"), _FORMATS)
    if form["type"] != "json_schema":
        return
    described = form.get("json_schema")
    if not isinstance(described, dict) or "name" not in described:
        raise missing("response_format.json_schema.name")
    _check_name(described["name"], "response_format.json_schema.name")
    if not isinstance(described.get("schema"), dict):
        raise missing("response_format.json_schema.schema")
    found = complaint(described["schema"]) if described.get("strict") else None
    if found:
        message = f"Invalid schema for response_format '{described['name']}': {found}"
        raise _refused(message, "response_format")


def _check_name(name: Any, where: str) -> None:
    if not isinstance(name, str) or not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name):
        message = (
            f"Invalid '{where}': string does not match pattern. Expected a string that matches"
        )
        raise _refused(f"{message} the pattern '^[a-zA-Z0-9_-]+$'.", where, "invalid_value")


def _check_tools(given: Mapping[str, Any]) -> None:
    for index, tool in enumerate(given.get("tools") or []):
        where = f"tools[{index}]"
        function = tool.get("function") if isinstance(tool, dict) else None
        if not isinstance(function, dict) or tool.get("type") != "function":
            raise missing(f"{where}.function")
        _check_name(function.get("name"), f"{where}.function.name")
        schema = function.get("parameters", {"type": "object", "properties": {}})
        found = complaint(schema) if function.get("strict") else None
        if found or schema.get("type") != "object":
            found = found or f"schema must be a JSON Schema of 'type: \"object\"', got {schema!r}."
            message = f"Invalid schema for function '{function['name']}': {found}"
            raise _refused(message, f"{where}.function.parameters", "invalid_function_parameters")


def _check_combinations(given: Mapping[str, Any]) -> None:
    if "stream_options" in given and not given.get("stream"):
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise _refused(message, "stream_options")
    if "metadata" in given and not given.get("store"):
        message = "The 'metadata' parameter is only allowed when 'store' is enabled."
        raise _refused(message, "metadata")
    for name in ("tool_choice", "parallel_tool_calls"):
        if name in given and "tools" not in given:
            message = f"'{name}' is only allowed when 'tools' are specified."
            raise _refused(f"Invalid value for '{name}': {message}", name)
    _check_tool_choice(given)
    # The model reasons unless told not to, and over Chat Completions it then calls no functions.
    reasons = given["model"].startswith("gpt-6") and given.get("reasoning_effort") != "none"
    if given.get("tools") and reasons:
        raise _refused(
            f"Function tools with reasoning_effort are not supported for {given['model']} in "
            "/v1/chat/completions. Please use /v1/responses instead.",
            "reasoning_effort",
        )


def _check_tool_choice(given: Mapping[str, Any]) -> None:
    choice = given.get("tool_choice", "auto")
    if isinstance(choice, dict):
        name = (choice.get("function") or {}).get("name")
        if name not in [tool["function"]["name"] for tool in given["tools"]]:
            message = f"Tool choice '{name}' not found in 'tools' parameter."
            raise _refused(f"Invalid value for 'tool_choice': {message}", "tool_choice")
    elif choice not in ("none", "auto", "required"):
        raise wrong_value("tool_choice", choice, ["none", "auto", "required"])


def prompt_tokens(messages: list[dict[str, Any]]) -> int:
    """Estimate how many tokens the messages have."""
    lengths = [len(str(message.get("content") or "")) for message in messages]
    return sum(length // CHARACTERS_PER_TOKEN + 1 for length in lengths)


def _check_length(messages: list[dict[str, Any]]) -> None:
    count = prompt_tokens(messages)
    if count > CONTEXT_TOKENS:
        raise _refused(
            f"This model's maximum context length is {CONTEXT_TOKENS} tokens. However, your "
            f"messages resulted in {count} tokens. Please reduce the length of the messages.",
            "messages",
            "context_length_exceeded",
        )
