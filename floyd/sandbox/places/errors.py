"""Errors as Google's APIs word them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

INVALID_ARGUMENT = "INVALID_ARGUMENT"
_STATUSES = {403: "PERMISSION_DENIED", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}
_TYPES = "type.googleapis.com/google.rpc"


class ApiError(Exception):
    """A refusal with Google's error object."""

    def __init__(
        self,
        message: str,
        *,
        code: int = 400,
        status: str = INVALID_ARGUMENT,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self._error: dict[str, Any] = {"code": code, "message": message, "status": status}
        if detail:
            self._error["details"] = [dict(detail)]

    def response(self) -> web.Response:
        """The refusal as an HTTP response."""
        return web.json_response({"error": self._error}, status=self.code)


def missing_key() -> ApiError:
    """Nobody says who asks."""
    return ApiError(
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API.",
        code=403,
        status="PERMISSION_DENIED",
    )


def wrong_key() -> ApiError:
    """A key that Google did not give out: a bad argument, to Google."""
    return ApiError(
        "API key not valid. Please pass a valid API key.",
        detail={
            "@type": f"{_TYPES}.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "places.googleapis.com"},
        },
    )


def missing_mask() -> ApiError:
    """Nothing says which fields are wanted."""
    return ApiError(
        "FieldMask is a required parameter. See https://cloud.google.com/apis/docs/system-parameters"
        " on how to provide it. As an example, you can set the header 'X-Goog-FieldMask' to value "
        "'places.displayName' to ask for the display name of the places."
    )


def unknown_path(mask: str, path: str) -> ApiError:
    """A mask names a field that there is not."""
    return _bad_request(
        "Request contains an invalid argument.",
        field=mask,
        description="Error expanding 'fields' parameter. Cannot find matching fields for path "
        f"'{path}'.",
    )


def bad_payload(problem: str) -> ApiError:
    """A body that is not the request's message in JSON."""
    return _bad_request(f"Invalid JSON payload received. {problem}", description=problem)


def wrong_type(field: str, kind: str, value: object) -> ApiError:
    """A field of the body has another type."""
    problem = f"Invalid value at '{field}' ({kind}), {value!r}"
    return _bad_request(problem, field=field, description=problem)


def failure(code: int) -> ApiError:
    """The error of a fault that was asked for."""
    message = "Quota exceeded." if code == 429 else "The service cannot answer now."
    return ApiError(message, code=code, status=_STATUSES.get(code, "INTERNAL"))


def _bad_request(message: str, **violation: str) -> ApiError:
    detail = {"@type": f"{_TYPES}.BadRequest", "fieldViolations": [violation]}
    return ApiError(message, detail=detail)
