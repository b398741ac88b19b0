"""The doors: what Twilio posts is checked, stored, answered in milliseconds; jobs do the rest."""

from typing import NamedTuple

from flask import current_app
from redis import Redis

from floyd.clock import Clock
from floyd.settings import Settings


class House(NamedTuple):
    """What stands behind the doors of one app."""

    settings: Settings
    clock: Clock
    redis: Redis


def house() -> House:
    """Return what stands behind the door that is being knocked at."""
    behind: House = current_app.extensions["floyd"]
    return behind
