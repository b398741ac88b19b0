"""The sandbox's time: the machine's clock in, time that may run up to twenty times faster out."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime

MAX_SCALE = 20.0


class SandboxClock:
    """Scaled time, shared with every process that was given the same scale and origin.

    Args:
        scale: sandbox seconds per real second, 1 to 20.
        origin: the epoch second at which sandbox time and real time agree.
    """

    def __init__(self, scale: float = 1.0, origin: float = 0.0) -> None:
        if not 1.0 <= scale <= MAX_SCALE:
            raise ValueError(f"time scale must be 1 to {MAX_SCALE:g}, not {scale:g}")
        self.scale = scale
        self.origin = origin

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "SandboxClock":
        """Read FLOYD_TIME_SCALE and FLOYD_TIME_ORIGIN; without them time runs as it does."""
        return cls(
            float(environment.get("FLOYD_TIME_SCALE") or 1.0),
            float(environment.get("FLOYD_TIME_ORIGIN") or time.time()),
        )

    def now(self) -> datetime:
        """The sandbox's wall clock, aware, in UTC."""
        return datetime.fromtimestamp(self.origin + (time.time() - self.origin) * self.scale, UTC)

    def monotonic(self) -> float:
        """Sandbox seconds from an arbitrary start; never goes back."""
        return time.monotonic() * self.scale

    async def sleep(self, seconds: float) -> None:
        """Wait so many sandbox seconds."""
        await asyncio.sleep(seconds / self.scale)

    def timeout(self, seconds: float | None) -> asyncio.Timeout:
        """A context that raises TimeoutError after so many sandbox seconds; None never does."""
        return asyncio.timeout(None if seconds is None else seconds / self.scale)
