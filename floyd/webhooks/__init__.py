"""The doors: what Twilio posts is checked, stored, answered in milliseconds; jobs do the rest."""

from typing import NamedTuple

from flask import current_app, request
from redis import Redis

from floyd.clock import Clock
from floyd.settings import Settings

_LONGEST_FIELD = 64


class House(NamedTuple):
    """What stands behind the doors of one app."""

    settings: Settings
    clock: Clock
    redis: Redis


def house() -> House:
    """Return what stands behind the door that is being knocked at."""
    behind: House = current_app.extensions["floyd"]
    return behind


def field(name: str) -> str:
    """Return a name or number that Twilio posts: capped, without NUL, which PostgreSQL refuses."""
    return request.form.get(name, "").replace("\x00", "").strip()[:_LONGEST_FIELD]
