"""The stand-ins' processes: each serves one kind of service and tells how late it was.

A pipe is the only tie to the bench: through it a process tells its port and, when asked, its lag.
It ends when the pipe does, however the bench ends.
"""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

import uvloop
from aiohttp import web

from bench.figures import Lag
from bench.lag import Heartbeat, keep_still
from bench.speech import Clip
from bench.stand_ins import model, recogniser, voice

_READY_WITHIN_S = 30.0
_LAG_WITHIN_S = 10.0
_ENDS_WITHIN_S = 5.0


@dataclass(frozen=True)
class StandIn:
    """A running stand-in."""

    name: str
    port: int
    pid: int
    _pipe: Connection

    async def lag(self) -> dict[str, int]:
        """Return how late it was since it was last asked."""
        return await asyncio.to_thread(self._ask)

    def _ask(self) -> dict[str, int]:
        self._pipe.send("lag")
        if not self._pipe.poll(_LAG_WITHIN_S):
            raise TimeoutError(f"the stand-in {self.name} does not answer")
        answer: dict[str, int] = self._pipe.recv()
        return answer


@dataclass(frozen=True)
class StandIns:
    """All of them."""

    recogniser: StandIn
    model: StandIn
    voice: StandIn

    @property
    def all(self) -> tuple[StandIn, ...]:
        """Each of them."""
        return self.recogniser, self.model, self.voice

    async def lags(self) -> dict[str, dict[str, int]]:
        """Return how late each was since they were last asked."""
        return {each.name: await each.lag() for each in self.all}


@asynccontextmanager
async def stand_ins(clips: Sequence[Clip]) -> AsyncIterator[StandIns]:
    """Run the stand-ins while the block lasts.

    Args:
        clips: what the recogniser knows.
    """
    async with AsyncExitStack() as stack:
        started = [
            await stack.enter_async_context(_running(name, clips if name == "recogniser" else ()))
            for name in ("recogniser", "model", "voice")
        ]
        yield StandIns(*started)


@asynccontextmanager
async def _running(name: str, clips: Sequence[Clip]) -> AsyncIterator[StandIn]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=run, args=(name, list(clips), theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not await asyncio.to_thread(ours.poll, _READY_WITHIN_S):
            raise TimeoutError(f"the stand-in {name} did not start")
        yield StandIn(name, ours.recv(), process.pid or 0, ours)
    finally:
        ours.close()
        await asyncio.to_thread(process.join, _ENDS_WITHIN_S)
        process.kill()


def run(name: str, clips: list[Clip], pipe: Connection) -> None:
    """Serve until the pipe ends; the program of such a process."""
    uvloop.run(_serve(name, clips, pipe))


async def _serve(name: str, clips: list[Clip], pipe: Connection) -> None:
    lag, ended = Lag(), asyncio.Event()

    def answer() -> None:
        try:
            pipe.recv()
            pipe.send(lag.take())
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(pipe.fileno())
            ended.set()

    asyncio.get_running_loop().add_reader(pipe.fileno(), answer)
    async with recogniser.serve(clips) if name == "recogniser" else _http(name) as port:
        keep_still()
        heartbeat = Heartbeat(lag)
        pipe.send(port)
        await ended.wait()
        heartbeat.stop()


@asynccontextmanager
async def _http(name: str) -> AsyncIterator[int]:
    app = web.Application(client_max_size=8 << 20)
    {"model": model, "voice": voice}[name].add_routes(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()
