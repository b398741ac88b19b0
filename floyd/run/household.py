"""All of Floyd's processes on one machine: Redis, gunicorn, the workers and the clock."""

import asyncio
import shutil
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import floyd
from floyd import settings as environment
from floyd.clock import Clock
from floyd.errors import FloydError
from floyd.run.child import Program
from floyd.run.data_dir import occupied
from floyd.run.redis_server import answers, redis_server
from floyd.run.supervisor import Supervisor
from floyd.serving import GRACEFUL_TIMEOUT_S
from floyd.settings import Settings
from floyd.store import database

_BACKLOG = 2048
_READY_WITHIN_S = 60.0
_CHECKOUT = Path(floyd.__file__).parent.parent


class NotReady(FloydError):
    """A process did not come up in time; its own words are in the log."""


@asynccontextmanager
async def household(
    environ: dict[str, str], supervisor: Supervisor, listener: socket.socket
) -> AsyncIterator[dict[str, str]]:
    """Run Floyd behind a listening socket while the block lasts.

    Yields the environment that its processes have, once it answers.

    Args:
        environ: Floyd's variables; REDIS_URL may be left out.
        supervisor: starts what Floyd consists of, and stops it when its own block ends.
        listener: bound already, so that no request is lost while gunicorn starts again.

    Raises:
        SettingsError: a variable is missing or wrong, or the data directory is taken.
        NotReady: a process did not come up.
    """
    settings = environment.load(environ)
    environ = shared(environ, settings)
    with occupied(settings.floyd_data_dir) as lock:
        _empty(Path(environ["PROMETHEUS_MULTIPROC_DIR"]))
        try:
            if not settings.redis_url:
                program, url = redis_server(settings.floyd_data_dir, environ)
                await supervisor.start(program)
                environ["REDIS_URL"] = url
                if not await answers(url):
                    raise NotReady("Redis does not answer")
            migrate_database(environment.load(environ))
            await supervisor.start(*programs(environ, listener.fileno(), lock))
            await _ready(listener.getsockname()[1])
            yield environ
        finally:
            await supervisor.stop()


def shared(environ: dict[str, str], settings: Settings) -> dict[str, str]:
    """Return the environment that all processes get: one origin of time, absolute paths."""
    data_dir = settings.floyd_data_dir.resolve()
    return {
        **environ,
        "FLOYD_DATA_DIR": str(data_dir),
        "PROMETHEUS_MULTIPROC_DIR": str(data_dir / "metrics"),
        "FLOYD_TIME_ORIGIN": str(settings.floyd_time_origin or time.time()),
        "PYTHONUNBUFFERED": "1",
    }


def _empty(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()


def migrate_database(settings: Settings) -> list[str]:
    """Bring the database up to date; return what was applied."""
    database.open_database(settings.database)
    return database.migrate()


def programs(environ: dict[str, str], listener: int, lock: int) -> list[Program]:
    """Return the programs that Floyd consists of, beside Redis.

    Args:
        environ: what they all get.
        listener: descriptor of the listening socket, for gunicorn.
        lock: descriptor of the data directory's lock.
    """
    python = (sys.executable, "-m")
    serve = (*python, "gunicorn", "--config", "python:floyd.serving.both")
    where = ("--bind", f"fd://{listener}", "--pythonpath", str(_CHECKOUT), "app:app")
    gunicorn = Program(
        "web", (*serve, *where), environ, GRACEFUL_TIMEOUT_S + 5, inherits=(listener, lock)
    )
    worker = (*python, "floyd.worker")
    return [
        gunicorn,
        Program("worker", worker, environ, 20, (lock,)),
        Program("clock", (*worker, "clock"), environ, 5, (lock,)),
    ]


def listen(port: int) -> socket.socket:
    """Return a socket that listens on a port of this machine, or on a free one for port 0.

    Only this machine reaches it: Twilio wants TLS, so a tunnel or a proxy stands before it anyway.

    Raises:
        OSError: the port is taken.
    """
    return socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)


async def _ready(port: int) -> None:
    clock = Clock()
    deadline = clock.monotonic() + _READY_WITHIN_S
    while missing := await asyncio.to_thread(_missing, port):
        if clock.monotonic() > deadline:
            raise NotReady(f"Floyd did not become ready in time: {missing}")
        await clock.sleep(0.05)


def _missing(port: int) -> str:
    """Return what `/readyz` finds missing; empty when everything is there."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        return "" if answer.status == 200 else answer.read().decode(errors="replace").strip()
    except (OSError, HTTPException) as error:
        return f"no answer ({type(error).__name__})"
    finally:
        connection.close()
