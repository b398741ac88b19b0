"""The hours in which a number may be phoned, by the clocks of those who may answer; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS_AHEAD = 3
_MORNING_MIN = 8 * 60
"""When a morning begins at the earliest, where a day may be phoned sooner or all day long."""


@dataclass(frozen=True)
class CallHours:
    """When a number may be phoned: inside the hours in all zones that it may be at home in.

    Attributes:
        opens_min: since midnight.
        closes_min: since midnight, up to 1440; later than `opens_min`.
        zones: IANA names, at least one.
    """

    opens_min: int
    closes_min: int
    zones: tuple[str, ...]

    def is_open(self, at: float) -> bool:
        """Return whether the number may be phoned at a moment (epoch seconds)."""
        minutes = [_minutes(local) for local in self._locals(at)]
        return all(self.opens_min <= minute < self.closes_min for minute in minutes)

    def is_too_early(self, at: float) -> bool:
        """Return whether the day has still to begin somewhere, rather than being over."""
        return any(_minutes(local) < self.opens_min for local in self._locals(at))

    def next_opening(self, at: float) -> float | None:
        """Return the first moment from now on at which the number may be phoned.

        None where there is none: its zones lie too far apart for the hours.
        """
        return at if self.is_open(at) else self._first(at, self.opens_min, days_from=0)

    def next_morning(self, at: float) -> float | None:
        """Return when the number may first be phoned on a day after the one that it is there."""
        morning = max(self.opens_min, _MORNING_MIN)
        begins = morning if morning < self.closes_min else self.opens_min
        return self._first(at, begins, days_from=1)

    def _first(self, at: float, minute: int, *, days_from: int) -> float | None:
        moments = (each for each in self._moments(at, minute, days_from) if each > at)
        return min((each for each in moments if self.is_open(each)), default=None)

    def _moments(self, at: float, minute: int, days_from: int) -> Iterator[float]:
        """Yield when it is that late in each zone: where all are open, one has just opened."""
        for zone, local in zip(self.zones, self._locals(at), strict=True):
            for days in range(days_from, _DAYS_AHEAD):
                yield _moment(local.date() + timedelta(days), minute, zone)

    def _locals(self, at: float) -> list[datetime]:
        return [datetime.fromtimestamp(at, ZoneInfo(zone)) for zone in self.zones]


def _minutes(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _moment(day: date, minute: int, zone: str) -> float:
    """Return when a day's clocks show a time, whatever the clocks were set to in the night."""
    return datetime.combine(day, time(*divmod(minute, 60)), ZoneInfo(zone)).timestamp()
