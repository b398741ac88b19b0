"""Small programs for supervisors to run, and a log to wait on."""

import asyncio
import os
import sys

from floyd.run.child import Program


def python(
    name: str, code: str, *, stop_within_s: float = 5.0, inherits: tuple[int, ...] = ()
) -> Program:
    """A program that is a few lines of Python."""
    command = (sys.executable, "-u", "-c", code)
    return Program(name, command, dict(os.environ), stop_within_s, inherits)


class Lines:
    """A log that keeps its lines and lets tests wait for one."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self._came = asyncio.Condition()

    def __call__(self, name: str, line: str) -> None:
        self.seen.append((name, line))
        self._notifying = asyncio.ensure_future(self._notify())

    def of(self, name: str) -> list[str]:
        return [line for who, line in self.seen if who == name]

    async def count(self, name: str, count: int) -> list[str]:
        """Return what a program said once it has said so many lines."""
        async with asyncio.timeout(20), self._came:
            await self._came.wait_for(lambda: len(self.of(name)) >= count)
        return self.of(name)

    async def _notify(self) -> None:
        async with self._came:
            self._came.notify_all()
