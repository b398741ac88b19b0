"""Errors as OpenAI's API words them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

INVALID_REQUEST = "invalid_request_error"


class ApiError(Exception):
    """A refusal with OpenAI's error object."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = INVALID_REQUEST,
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {
            "message": message,
            "type": kind,
            "param": param,
            "code": code,
        }

    def response(self) -> web.Response:
        """The refusal as an HTTP response."""
        return web.json_response({"error": self.body}, status=self.status)


def parsed(body: bytes) -> dict[str, Any]:
    """Reads the body of a request.

    Raises:
        ApiError: It is no JSON object.
    """
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ApiError("We could not parse the JSON body of your request.")
    return value


def check_key(headers: Mapping[str, str], right: str | None = None) -> None:
    """Checks the key of a request; without a right one any will do.

    Raises:
        ApiError: There is none, or a wrong one.
    """
    scheme, _, key = headers.get("Authorization", "").partition(" ")
    key = key.strip()
    if right is not None and key and key != right:
        raise ApiError(
            f"Incorrect API key provided: {key[:8]}***. You can find your API key at "
            "https://platform.openai.com/account/api-keys.",
            status=401,
            code="invalid_api_key",
        )
    if scheme.lower() != "bearer" or not key:
        raise ApiError(
            "You didn't provide an API key. You need to provide your API key in an Authorization "
            "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
            status=401,
        )


def failure(status: int) -> ApiError:
    """The error of a fault that was asked for."""
    if status == 429:
        return ApiError(
            "Rate limit reached for requests. Please try again later.",
            status=status,
            kind="requests",
            code="rate_limit_exceeded",
        )
    return ApiError(
        "The server had an error while processing your request. Sorry about that!",
        status=status,
        kind="server_error",
    )


def unknown_model(model: str) -> ApiError:
    """There is no such model for this endpoint."""
    return ApiError(
        f"The model `{model}` does not exist or you do not have access to it.",
        status=404,
        code="model_not_found",
    )


def missing(param: str) -> ApiError:
    """A required parameter is not there."""
    return ApiError(
        f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter"
    )


def wrong_type(param: str, expected: str, got: object) -> ApiError:
    """A parameter has another JSON type."""
    return ApiError(
        f"Invalid type for '{param}': expected {expected}, but got {_json_type(got)} instead.",
        param=param,
        code="invalid_type",
    )


def wrong_value(param: str, value: object, supported: list[str]) -> ApiError:
    """A parameter has a value that is not offered."""
    listed = ", ".join(f"'{name}'" for name in supported)
    return ApiError(
        f"Invalid value: '{value}'. Supported values are: {listed}.",
        param=param,
        code="invalid_value",
    )


def too_long(param: str, limit: int, length: int) -> ApiError:
    """A string has too many characters."""
    return ApiError(
        f"Invalid '{param}': string too long. Expected a string with maximum length {limit}, "
        f"but got a string with length {length} instead.",
        param=param,
        code="string_above_max_length",
    )


def _json_type(value: object) -> str:
    names = {bool: "a boolean", int: "an integer", float: "a decimal", str: "a string"}
    names |= {list: "an array", dict: "an object"}
    return names.get(type(value), "null")
