"""Moments in the words of the one who reads them: "tomorrow at 8:00"; pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def in_words(moment: float, now: float, zone: str, elsewhere: Sequence[str] = ()) -> str:
    """Return when something will be.

    Args:
        moment: epoch seconds.
        now: epoch seconds.
        zone: of the reader.
        elsewhere: zones of others whom it concerns: where clocks show another time, it is said
            whose time is meant.
    """
    local, today = _local(moment, zone), _local(now, zone).date()
    whose = "" if all(_is_same_time(moment, zone, other) for other in elsewhere) else " your time"
    said = f"at {_clock(local)}{whose}"
    if local.date() == today:
        return said
    is_tomorrow = local.date() == today + timedelta(days=1)
    return f"tomorrow {said}" if is_tomorrow else f"on {local:%A} {said}"


def in_short(moment: float, now: float, zone: str) -> str:
    """Return when something was, in a list of such moments."""
    local = _local(moment, zone)
    is_today = local.date() == _local(now, zone).date()
    return _clock(local) if is_today else f"{local:%a} {_clock(local)}"


def day_and_time(moment: float, zone: str) -> str:
    """Return when something will be, whenever it is read."""
    local = _local(moment, zone)
    return f"{local:%A} at {_clock(local)}"


def _local(moment: float, zone: str) -> datetime:
    return datetime.fromtimestamp(moment, ZoneInfo(zone))


def _clock(local: datetime) -> str:
    return f"{local.hour}:{local:%M}"


def _is_same_time(moment: float, zone: str, other: str) -> bool:
    return _local(moment, zone).utcoffset() == _local(moment, other).utcoffset()
