"""What a long call takes of the process that holds it, from its beginning to its end."""

import asyncio
import statistics
import time
from dataclasses import dataclass
from typing import Any

from bench.callee import Callee, Notes
from bench.figures import whole
from bench.parts.crowd import converse
from bench.world import Lags, World, was_late

_COMPARED = 10


@dataclass(frozen=True)
class Sample:
    """What the process held after so many minutes."""

    minute: float
    rss_mb: float
    threads: int
    descriptors: int


@dataclass(frozen=True)
class LongCall:
    """What came of a long call."""

    samples: list[Sample]
    notes: Notes
    lags: Lags

    @property
    def late(self) -> bool:
        """The bench itself was late."""
        return was_late(self.lags)

    def as_json(self) -> dict[str, Any]:
        """What was held after the first minute and at the end, and the replies of both."""
        first, last = self.samples[0], self.samples[-1]
        replies_ms = [took for _, took in self.notes.replies]
        return {
            "minutes": round(last.minute),
            "turns": len(replies_ms),
            "rss_mb": [first.rss_mb, last.rss_mb],
            "threads": [first.threads, last.threads],
            "descriptors": [first.descriptors, last.descriptors],
            "reply_ms": [
                whole(statistics.median(some)) if some else None
                for some in (replies_ms[:_COMPARED], replies_ms[-_COMPARED:])
            ],
        }


async def measure(world: World, minutes: float) -> LongCall:
    """Hold one call that talks all the time, and look at its process once a minute."""
    await world.lags()
    callee = world.callee(0)
    began_s = time.monotonic()
    samples: list[Sample] = []

    async def talk(callee: Callee) -> None:
        while time.monotonic() - began_s < minutes * 60:
            await callee.order_briefly()

    async def look() -> None:
        while True:
            await asyncio.sleep(min(60.0, minutes * 20))
            samples.append(_sample(world, (time.monotonic() - began_s) / 60))
            world.say(str(samples[-1]))

    looking = asyncio.create_task(look())
    try:
        notes = await converse(callee, talk, began_s)
    finally:
        looking.cancel()
    lags = await world.lags()
    world.rows.end_calls()
    return LongCall(samples, notes, lags)


def _sample(world: World, minute: float) -> Sample:
    floyd = world.floyd
    rss_mb = round(floyd.calls_rss_mb(), 1)
    return Sample(round(minute, 1), rss_mb, floyd.calls_threads(), floyd.calls_descriptors())
