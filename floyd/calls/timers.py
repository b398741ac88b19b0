"""Named moments that the core wants to be woken at; pure."""


class Timers:
    """At most one moment a name."""

    def __init__(self) -> None:
        self._at_s: dict[str, float] = {}

    def set(self, name: str, at_s: float) -> None:
        """Set or move a timer."""
        self._at_s[name] = at_s

    def is_set(self, name: str) -> bool:
        """Return whether a timer is yet to come."""
        return name in self._at_s

    def cancel(self, *names: str) -> None:
        """Forget timers, set or not."""
        for name in names:
            self._at_s.pop(name, None)

    def clear(self) -> None:
        """Forget all timers."""
        self._at_s.clear()

    def due(self, now_s: float) -> str | None:
        """Take out and return the name of the earliest timer that is due."""
        if not self._at_s:
            return None
        name = min(self._at_s, key=self._at_s.__getitem__)
        if self._at_s[name] > now_s:
            return None
        del self._at_s[name]
        return name

    @property
    def next_s(self) -> float | None:
        """The earliest moment, if any."""
        return min(self._at_s.values(), default=None)
