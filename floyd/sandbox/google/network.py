"""The network before the recogniser: bytes pass both ways, and none at all while it is dead.

A dead network breaks no connection: what is under way is held, and arrives when it lives again.
"""

from __future__ import annotations

import asyncio
import contextlib

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.google.conditions import GoogleConditions

_MOST_BYTES = 65_536
_LOOKED_AT_EVERY_S = 0.1


class Network:
    """Leads to a server on this machine.

    Args:
        conditions: say whether it is dead now.
        clock: the sandbox's time.
    """

    def __init__(self, conditions: GoogleConditions, clock: SandboxClock) -> None:
        self._conditions = conditions
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._to_port = 0

    async def start(self, port: int, to_port: int) -> int:
        """Listen on 127.0.0.1; return the port."""
        self._to_port = to_port
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Break all connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        try:
            await self._carry(reader, writer)
        finally:
            self._connections.discard(connection)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            await self._alive()
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._to_port)
            with contextlib.closing(to_writer), contextlib.suppress(OSError):
                await asyncio.gather(
                    self._pass_on(reader, to_writer), self._pass_on(to_reader, writer)
                )

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_MOST_BYTES):
            await self._alive()
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _alive(self) -> None:
        while self._conditions.network_dead:
            await self._clock.sleep(_LOOKED_AT_EVERY_S)
