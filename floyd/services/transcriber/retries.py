"""When a broken stream is opened again, and when that is given up."""

import random

# A network that was away for ten seconds takes a little longer to be reached again.
_GIVE_UP_AFTER_S = 13.0
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 1.6


class Retries:
    """Pauses between attempts: none after a stream that worked, then longer, 13 s in all."""

    def __init__(self) -> None:
        self._failing_since: float | None = None
        self._pause_s = _FIRST_PAUSE_S

    def worked(self) -> None:
        """Note that the present stream works."""
        self._failing_since = None

    def pause_after_failure(self, now: float) -> float | None:
        """Return how long to wait before the next attempt, or None to give up."""
        if self._failing_since is None:
            self._failing_since, self._pause_s = now, _FIRST_PAUSE_S
            return 0.0
        if now - self._failing_since > _GIVE_UP_AFTER_S:
            return None
        pause_s = self._pause_s
        self._pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        return pause_s * random.uniform(0.75, 1.0)
