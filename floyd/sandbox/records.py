"""What the stand-ins received and sent: facts go in as they happen; readers look back or follow."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from floyd.sandbox.clock import SandboxClock

LIMIT = 50_000


@dataclass(frozen=True)
class Record:
    """One thing that happened, numbered from 1 without gaps."""

    number: int
    at: datetime
    kind: str
    fields: dict[str, Any]


class Records:
    """A bounded log in memory; the oldest records go first."""

    def __init__(self, clock: SandboxClock, limit: int = LIMIT) -> None:
        self._clock = clock
        self._log: deque[Record] = deque(maxlen=limit)
        self._changed = asyncio.Event()
        self.last_number = 0

    def add(self, kind: str, **fields: Any) -> Record:
        """Write one record down; the fields must be JSON values."""
        self.last_number += 1
        record = Record(self.last_number, self._clock.now(), kind, fields)
        self._log.append(record)
        self._changed.set()
        self._changed = asyncio.Event()
        return record

    def of(self, kind: str) -> list[Record]:
        """All records of one kind, oldest first."""
        return [record for record in self._log if record.kind == kind]

    def since(self, number: int = 0, kinds: Collection[str] = ()) -> list[Record]:
        """The records after a number, of these kinds (or of all)."""
        return [
            record
            for record in self._log
            if record.number > number and (not kinds or record.kind in kinds)
        ]

    async def follow(self, number: int = 0) -> AsyncIterator[Record]:
        """Each record after a number, now and as they come; never ends."""
        while True:
            changed = self._changed
            for record in self.since(number):
                number = record.number
                yield record
            if number >= self.last_number:
                await changed.wait()

    async def first(
        self, kind: str, matches: Callable[[Record], bool] = lambda record: True
    ) -> Record:
        """The first record of a kind that matches, as soon as there is one."""
        async for record in self.follow():
            if record.kind == kind and matches(record):
                return record
        raise AssertionError("records are followed without end")

    def clear(self) -> None:
        """Forget everything; numbering goes on."""
        self._log.clear()
