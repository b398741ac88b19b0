"""How late a loop is: a heartbeat that is due every 20 ms, and how much later it beats."""

import asyncio
import gc
import time

from bench.figures import Lag

_EVERY_S = 0.02


def keep_still() -> None:
    """Look through what there is for garbage now, and never again: it would halt the loop."""
    gc.collect()
    gc.freeze()


class Heartbeat:
    """Beats on the running loop until it is stopped, and notes its lag."""

    def __init__(self, lag: Lag) -> None:
        self._lag = lag
        self._loop = asyncio.get_running_loop()
        self._due_s = time.monotonic()
        self._handle = self._loop.call_soon(self._beat)

    def stop(self) -> None:
        """Beat no more."""
        self._handle.cancel()

    def _beat(self) -> None:
        now_s = time.monotonic()
        self._lag.note(now_s - self._due_s)
        self._due_s = max(now_s, self._due_s + _EVERY_S)
        self._handle = self._loop.call_later(self._due_s - now_s, self._beat)
