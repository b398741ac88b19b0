"""Floyd's real processes, as the Procfile has them, and what they take of the machine."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from secrets import token_hex

from bench import machine
from floyd.clock import Clock
from floyd.run import session
from floyd.run.child import Child, Program
from floyd.run.household import listen, migrate_database, shared
from floyd.run.redis_server import answers, redis_server
from floyd.run.supervisor import Supervisor
from floyd.settings import Settings, fresh_secret, load

_CHECKOUT = Path(__file__).parent.parent
_READY_WITHIN_S = 60.0
_STOP_WITHIN_S = 30.0
MOST_CALLS = 120


@dataclass(frozen=True)
class FloydProcesses:
    """A running Floyd: one process for calls, two for webhooks, a worker and the clock."""

    settings: Settings
    web_url: str
    children: tuple[Child, ...]

    def cpu_s(self) -> float:
        """Return the seconds of processor time that all of them took so far."""
        return sum(machine.cpu_s(pid) for child in self.children for pid in _members(child))

    def calls_rss_mb(self) -> float:
        """Return the resident memory of the process that holds the calls."""
        return sum(machine.rss_mb(pid) for pid in self._calls_workers())

    def calls_threads(self) -> int:
        """Return the threads of that process."""
        return sum(machine.threads(pid) for pid in self._calls_workers())

    def calls_descriptors(self) -> int:
        """Return the open files and sockets of that process."""
        return sum(machine.descriptors(pid) for pid in self._calls_workers())

    def _calls_workers(self) -> list[int]:
        calls = next(child for child in self.children if child.program.name == "calls")
        return [pid for pid in _members(calls) if pid != calls.pid]


@asynccontextmanager
async def floyd_processes(
    directory: Path, stand_ins: dict[str, str], log: Path
) -> AsyncIterator[FloydProcesses]:
    """Run Floyd while the block lasts.

    Args:
        directory: where it keeps its data; empty.
        stand_ins: variables that name the services' addresses.
        log: the file that takes what it says.
    """
    async with AsyncExitStack() as stack:
        lines = stack.enter_context(log.open("w", encoding="utf-8"))
        supervisor = Supervisor(lambda name, line: print(f"{name:8}| {line}", file=lines))
        await stack.enter_async_context(supervisor)
        calls, web = (stack.enter_context(listen(0)) for _ in range(2))
        web_url = f"http://127.0.0.1:{web.getsockname()[1]}"
        environ = _environ(directory, web_url, calls.getsockname()[1]) | stand_ins
        environ = shared(environ, load(environ))
        Path(environ["PROMETHEUS_MULTIPROC_DIR"]).mkdir(parents=True)
        program, environ["REDIS_URL"] = redis_server(directory, environ)
        redis = await supervisor.start(program)
        await answers(environ["REDIS_URL"])
        settings = load(environ)
        migrate_database(settings)
        others = await supervisor.start(
            _gunicorn("calls", environ, calls.fileno()),
            _gunicorn("web", environ, web.fileno()),
            *_workers(environ),
        )
        await _ready(web.getsockname()[1], "/readyz")
        await _ready(calls.getsockname()[1], "/healthz")
        yield FloydProcesses(settings, web_url, (*redis, *others))


def _environ(directory: Path, web_url: str, calls_port: int) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return kept | {
        "FLOYD_DATA_DIR": str(directory),
        "FLOYD_PUBLIC_URL": web_url,
        "FLOYD_MEDIA_URL": f"ws://127.0.0.1:{calls_port}",
        "FLOYD_SECRET_KEY": fresh_secret(),
        "FLOYD_MAX_CALLS": str(MOST_CALLS),
        "TWILIO_ACCOUNT_SID": "AC" + token_hex(16),
        "TWILIO_AUTH_TOKEN": token_hex(16),
        "TWILIO_PHONE_NUMBER": "+12265550199",
        "OPENAI_API_KEY": "sk-bench",
        "NO_PROXY": "127.0.0.1",
    }


def _gunicorn(name: str, environ: dict[str, str], listener: int) -> Program:
    serve = (sys.executable, "-m", "gunicorn", "--config", f"python:floyd.serving.{name}")
    where = ("--bind", f"fd://{listener}", "--pythonpath", str(_CHECKOUT), "app:app")
    return Program(name, (*serve, *where), environ, _STOP_WITHIN_S, (listener,))


def _workers(environ: dict[str, str]) -> tuple[Program, Program]:
    worker = (sys.executable, "-m", "floyd.worker")
    return Program("worker", worker, environ, 20), Program("clock", (*worker, "clock"), environ)


async def _ready(port: int, path: str) -> None:
    clock, deadline_s = Clock(), time.monotonic() + _READY_WITHIN_S
    while not await asyncio.to_thread(_answers_well, port, path):
        if time.monotonic() > deadline_s:
            raise TimeoutError("Floyd did not become ready; see its log")
        await clock.sleep(0.1)


def _answers_well(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _members(child: Child) -> list[int]:
    return session.members(child.pid) if child.pid is not None else []
