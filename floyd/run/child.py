"""One child process: started on a leash in a session of its own, restarted, stopped."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field

from floyd.clock import Clock
from floyd.run import leash, session

Log = Callable[[str, str], None]
"""Takes the name of a process and one line of what it says."""

_CHUNK_BYTES = 65_536
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 10.0
_HEALTHY_AFTER_S = 30.0
_LEFTOVERS_WITHIN_S = 5.0
_POLL_S = 0.05

# Processes live in real time, whatever the sandbox's time scale is.
_real_time = Clock()


@dataclass(frozen=True)
class Program:
    """What a child runs.

    Attributes:
        name: its prefix in the log.
        command: program and arguments.
        environ: its whole environment.
        stop_within_s: how long it may take to end after SIGTERM.
        inherits: open file descriptors that it keeps.
    """

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = field(repr=False)
    stop_within_s: float = 10.0
    inherits: tuple[int, ...] = ()


class Child:
    """Keeps one program running until it is stopped."""

    def __init__(self, program: Program, log: Log) -> None:
        self.program = program
        self._log = log
        self._process: Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._listener: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, or None when it is not running."""
        if self._process is None or self._process.returncode is not None:
            return None
        return self._process.pid

    async def start(self) -> None:
        """Start the program, and again whenever it ends."""
        process = await self._spawn()
        self._keeper = asyncio.create_task(self._keep(process))

    async def stop(self) -> None:
        """End the program and whatever it has started; returns when all of it is gone."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])
        if self._process is not None:
            await self._end(self._process)

    async def _keep(self, process: Process) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            started = _real_time.monotonic()
            code = await process.wait()
            self._log(self.program.name, f"{_in_words(code)}; starts again")
            await self._end(process)
            if _real_time.monotonic() - started > _HEALTHY_AFTER_S:
                pause_s = _FIRST_PAUSE_S
            await _real_time.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            process = await self._spawn()

    async def _spawn(self) -> Process:
        # A pipe of our own: asyncio's is part of the process, which then counts as running for as
        # long as anything that it has left behind holds the pipe open.
        output, its_output = os.pipe()
        self._listener = asyncio.create_task(self._listen(output))
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", leash.__file__, str(os.getpid())),
                *self.program.command,
                env=dict(self.program.environ),
                stdin=DEVNULL,
                stdout=its_output,
                stderr=STDOUT,
                pass_fds=self.program.inherits,
                start_new_session=True,
            )
        finally:
            os.close(its_output)
        return self._process

    async def _listen(self, output: int) -> None:
        """Pass on what the program says, until nobody is left to say anything."""
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(output, "rb", buffering=0)
        )
        rest = b""
        with closing(transport):
            while chunk := await reader.read(_CHUNK_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._log(self.program.name, line.decode(errors="replace"))

    async def _end(self, process: Process) -> None:
        """Ask the program to end, then what it has left behind; what does not listen is killed."""
        if process.returncode is None:
            process.terminate()
            with suppress(TimeoutError):
                async with _real_time.timeout(self.program.stop_within_s):
                    await process.wait()
        for number in (signal.SIGTERM, signal.SIGKILL):
            session.send(process.pid, number)
            if await _gone(process, _LEFTOVERS_WITHIN_S):
                break
        if self._listener is not None:
            await asyncio.wait([self._listener], timeout=_LEFTOVERS_WITHIN_S)
            self._listener.cancel()


async def _gone(process: Process, within_s: float) -> bool:
    """Wait for a program and its whole session to end; return whether it did in time."""
    deadline = _real_time.monotonic() + within_s
    while process.returncode is None or session.members(process.pid):
        if _real_time.monotonic() > deadline:
            return False
        await _real_time.sleep(_POLL_S)
    return True


def _in_words(code: int) -> str:
    return f"ended with code {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"
