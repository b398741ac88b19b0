"""Notices: what other processes should know now, by Redis pub/sub; losing one costs only time."""

import json
from typing import Any

import structlog
from redis.exceptions import RedisError

from floyd.store.queue import connection

log = structlog.get_logger()


def call_channel(attempt: str) -> str:
    """Return the channel of what a live call should know."""
    return f"call:{attempt}"


def publish(channel: str, notice: dict[str, Any]) -> None:
    """Tell whoever listens; nobody listening, or no Redis, is fine."""
    try:
        connection().publish(channel, json.dumps(notice))
    except RedisError as error:
        log.warning("notice_not_published", error=type(error).__name__)
