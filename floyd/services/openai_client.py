"""OpenAI's SDK: clients for jobs and for live calls, its errors as ours, and strict schemas.

The only file that imports the SDK. Any server that speaks OpenAI's protocols may be behind it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from openai import (
    APIError,
    APIStatusError,
    AsyncOpenAI,
    DefaultAsyncHttpxClient,
    OpenAI,
    OpenAIError,
    pydantic_function_tool,
)
from openai.resources.audio import Audio
from openai.resources.chat import Chat
from openai.resources.realtime import Realtime
from pydantic import BaseModel
from websockets.exceptions import InvalidStatus, WebSocketException

from floyd.clock import Clock
from floyd.errors import ServiceError
from floyd.services.timeouts import patience
from floyd.settings import Settings

LiveClient = AsyncOpenAI

# The SDK imports its parts at their first use: nearly a second in which no call would be served.
_LOADED_AHEAD = (Audio, Chat, Realtime)

_JOB_ANSWER_S = 60
_JOB_RETRIES = 2
_LIVE_CONNECT_S = 2
_LIVE_SILENCE_S = 15
# The SDK drops an idle connection after 5 s: most turns of a call would begin with a handshake.
_KEEP_CONNECTIONS_S = 60
_TOO_MANY_REQUESTS = 429
_OUT_OF_MONEY = "insufficient_quota"


def job_client(settings: Settings, clock: Clock) -> OpenAI:
    """Return a client for jobs, which may wait and be tried again."""
    return OpenAI(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai_base_url,
        timeout=httpx2.Timeout(patience(clock, _JOB_ANSWER_S), connect=patience(clock, 5)),
        max_retries=_JOB_RETRIES,
    )


def live_client(settings: Settings, clock: Clock) -> AsyncOpenAI:
    """Return the model's client for live calls; make it on the loop that uses it."""
    return _live(settings.openai_base_url, settings.openai_api_key.get_secret_value(), clock)


def voice_client(settings: Settings, clock: Clock) -> AsyncOpenAI:
    """Return the voice's client, which may be another server's than the model's."""
    key = settings.floyd_voice_api_key.get_secret_value()
    return _live(
        settings.floyd_voice_base_url or settings.openai_base_url,
        key or settings.openai_api_key.get_secret_value(),
        clock,
    )


def _live(base_url: str, api_key: str, clock: Clock) -> AsyncOpenAI:
    # The SDK would wait 600 s and try twice more: both are wrong while somebody is on the line.
    timeout = httpx2.Timeout(
        patience(clock, _LIVE_SILENCE_S), connect=patience(clock, _LIVE_CONNECT_S)
    )
    limits = httpx2.Limits(keepalive_expiry=_KEEP_CONNECTIONS_S)
    return AsyncOpenAI(
        api_key=api_key,
        base_url=base_url,
        timeout=timeout,
        max_retries=0,
        http_client=DefaultAsyncHttpxClient(timeout=timeout, limits=limits),
    )


def strict_function(model: type[BaseModel], name: str, description: str) -> dict[str, Any]:
    """Return a model of arguments as a tool of the Chat Completions API, strict."""
    return dict(pydantic_function_tool(model, name=name, description=description))


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return a model's JSON schema in the strict form that the API asks for."""
    return dict(pydantic_function_tool(model)["function"]["parameters"])


@contextmanager
def service_errors(kind: type[ServiceError], action: str) -> Iterator[None]:
    """Turn what the SDK and its sockets raise into our error; what was said stays out of it.

    Args:
        kind: the error to raise.
        action: what was tried, for the message.
    """
    try:
        yield
    except (OpenAIError, httpx2.HTTPError, WebSocketException, OSError, ValueError) as error:
        # OSError: a timeout or no connection. ValueError: an answer that is no JSON.
        status = _status(error)
        code = error.code if isinstance(error, APIError) else None
        details = [str(detail) for detail in (type(error).__name__, status, code) if detail]
        retryable = status is None or status >= 500 or status == _TOO_MANY_REQUESTS
        raise kind(
            f"could not {action}: {' '.join(details)}",
            retryable=retryable and code != _OUT_OF_MONEY,
        ) from error


def _status(error: Exception) -> int | None:
    if isinstance(error, APIStatusError):
        return error.status_code
    if isinstance(error, InvalidStatus):
        return error.response.status_code
    return None
