"""When a broken stream is opened again, and when that is given up."""

import random

_GIVE_UP_AFTER_S = 10.0
_WORKED_FOR_S = 2.0
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 1.6


class Retries:
    """Pauses between attempts: none after a stream that worked, then longer, 10 s in all.

    A stream that lasted for two seconds has worked: a healthy one is silent while nobody speaks.
    """

    def __init__(self) -> None:
        self._began_at = 0.0
        self._failing_since: float | None = None
        self._pause_s = 0.0

    def began(self, now: float) -> None:
        """Note the start of a stream."""
        self._began_at = now

    def pause_after(self, now: float) -> float | None:
        """Return how long to wait after a stream has ended, or None to give up."""
        if self._failing_since is None or now - self._began_at >= _WORKED_FOR_S:
            self._failing_since, self._pause_s = now, _FIRST_PAUSE_S
            return 0.0
        if now - self._failing_since > _GIVE_UP_AFTER_S:
            return None
        pause_s = self._pause_s
        self._pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        return pause_s * random.uniform(0.75, 1.0)
