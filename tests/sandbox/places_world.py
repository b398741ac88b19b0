"""Google Places' stand-in on a loop of its own, with the places of seed 0."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.places import PlacesConditions, build_app
from floyd.sandbox.places.listings import Place, read_places
from floyd.sandbox.records import Records
from floyd.sandbox.scenario import Scenario
from tests.sandbox.running import TIME_SCALE, LoopThread

KEY = "AIza-test"


@dataclass
class Places:
    """A running stand-in: where it is, how it behaves, what it was asked."""

    url: str
    conditions: PlacesConditions
    records: Records

    @property
    def searches(self) -> list[Any]:
        return [record.fields["text"] for record in self.records.of("places.searched")]


@contextmanager
def running_places(places: tuple[Place, ...] | None = None) -> Iterator[Places]:
    """Run the stand-in while the block lasts."""
    loop, clock = LoopThread(), SandboxClock(TIME_SCALE, time.time())
    conditions, records = PlacesConditions(), Records(clock)
    known = read_places(Scenario.from_seed(0).words()) if places is None else places
    app = web.AppRunner(build_app(known, KEY, conditions, clock, records), shutdown_timeout=0.1)

    async def start() -> int:
        await app.setup()
        await web.TCPSite(app, "127.0.0.1", 0).start()
        port: int = app.addresses[0][1]
        return port

    try:
        yield Places(f"http://127.0.0.1:{loop.run(start())}", conditions, records)
    finally:
        loop.run(app.cleanup())
        loop.stop()
