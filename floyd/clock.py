"""Time as Floyd sees it: every wait and every timestamp comes from here, so that it can be scaled.

At scale 20 half an hour of hold music passes in 90 seconds, in all processes alike: they agree on
`origin`, the moment at which scaled and real time were the same.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Clock:
    """A clock that runs `scale` times as fast as the wall's.

    Args:
        scale: 1 in production, up to 20 in the sandbox.
        origin: epoch seconds at which scaled and real time agreed.
    """

    scale: float = 1.0
    origin: float = 0.0

    def now(self) -> float:
        """Return epoch seconds (UTC), scaled."""
        return self.origin + (time.time() - self.origin) * self.scale

    def local(self, zone: str) -> datetime:
        """Return now as an aware datetime in an IANA zone."""
        return datetime.fromtimestamp(self.now(), UTC).astimezone(ZoneInfo(zone))

    def monotonic(self) -> float:
        """Return scaled seconds from an arbitrary start that never go back."""
        return time.monotonic() * self.scale

    def real(self, seconds: float) -> float:
        """Return how many real seconds the scaled ones last: for a library's own timeouts."""
        return seconds / self.scale

    async def sleep(self, seconds: float) -> None:
        """Sleep for scaled seconds."""
        await asyncio.sleep(self.real(seconds))

    def timeout(self, seconds: float) -> asyncio.Timeout:
        """Bound an `async with` block to scaled seconds; raises TimeoutError."""
        return asyncio.timeout(self.real(seconds))

    def block(self, seconds: float) -> None:
        """Sleep the calling thread for scaled seconds."""
        time.sleep(self.real(seconds))
