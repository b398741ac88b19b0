"""The children of one supervisor: started in groups, stopped in the opposite order."""

import asyncio
import signal
from types import TracebackType
from typing import Self

from floyd.run import session
from floyd.run.child import Child, Log, Program


class Supervisor:
    """Keeps programs running while its `async with` block lasts; after it nothing is left of them.

    Args:
        log: told every line that a program says, by the program's name.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._groups: list[list[Child]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def children(self) -> list[Child]:
        """Every child, in the order of starting."""
        return [child for group in self._groups for child in group]

    async def start(self, *programs: Program) -> list[Child]:
        """Start a group of programs that need only what was started before."""
        group = [Child(program, self._log) for program in programs]
        self._groups.append(group)
        for child in group:
            await child.start()
        return group

    async def stop(self) -> None:
        """Stop the groups, the latest first; the members of a group end side by side."""
        while self._groups:
            await asyncio.gather(*(child.stop() for child in self._groups[-1]))
            self._groups.pop()

    def kill(self) -> None:
        """Take the time away from whatever is still running; `stop` then returns at once."""
        for child in self.children:
            if child.pid is not None:
                session.send(child.pid, signal.SIGKILL)
