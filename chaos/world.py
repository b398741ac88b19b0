"""A phone world whose Floyd can be killed part by part; its stand-ins are never killed."""

import asyncio
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

from redis import Redis

from chaos.evidence import KINDS, Evidence, Marks, rows_since
from chaos.processes import CHECKOUT, Process
from floyd.calls.progress import FINAL
from floyd.demo.world import introduce
from floyd.errands.lifecycle import CLOSED, State
from floyd.run import leash
from floyd.run.household import listen, migrate_database, shared
from floyd.run.redis_server import answers, redis_server
from floyd.sandbox.client import SandboxClient
from floyd.sandbox.scenario import Scenario
from floyd.settings import Settings, fresh_secret, load
from floyd.store.models import Call, Errand, InboundText, OutboundText
from floyd.store.queue import QUEUE

CALLS = ("calls", "calls 2")
_LOCAL = "127.0.0.1,localhost"
_SLOTS = "slots:reserved_until"
_CAPACITIES = "slots:capacities"
_RESTING = [state.value for state in (*CLOSED, State.WAITING_FOR_USER, State.SCHEDULED)]


class World:
    """Floyd as the Procfile runs it, `calls` twice, among stand-ins on their real wires.

    Args:
        directory: an empty one for all its files.
        scale: how many times as fast as the wall's time runs.
    """

    def __init__(self, directory: Path, scale: float) -> None:
        self.directory = directory
        self.scale = scale
        self.processes: dict[str, Process] = {}
        self.sandbox: SandboxClient
        self.settings: Settings
        self.scenario: Scenario

    def family(self, number: int) -> Scenario:
        """Let another user live here, who has a school of their own; of 100 to 189."""
        family = replace(
            self.scenario, user_phone=f"+15195550{number}", school_phone=f"+16475550{number}"
        )
        introduce(family, self.settings.clock.now())
        return family

    def kill(self, *names: str) -> None:
        """End processes as `kill -9` does."""
        for name in names:
            self.processes[name].kill()

    def kill_all(self) -> None:
        """End all of Floyd."""
        self.kill(*reversed(self.processes))

    def start(self, *names: str, **environ: str) -> None:
        """Start processes again."""
        for name in names:
            self.processes[name].start(**environ)

    def revive(self) -> None:
        """Start again what has ended by itself, as any supervisor does."""
        for process in self.processes.values():
            process.revive()

    def empty_redis(self) -> None:
        """Throw away what Redis has on its disk; it has been killed."""
        shutil.rmtree(self.directory / "redis" / "appendonlydir", ignore_errors=True)

    def until_redis_answers(self) -> None:
        """Wait for Redis."""
        assert asyncio.run(answers(self.settings.redis_url))

    def is_ready(self) -> bool:
        """Return whether all that was killed is back and at work."""
        works_since = self.processes["worker"].started_at
        with Redis.from_url(self.settings.redis_url) as redis:
            takers = {int(name.split(b"-")[0]) for name in redis.hkeys(_CAPACITIES)}
            working = redis.zcount("workers:alive", works_since, "+inf")
        taking = all(takers & set(self.processes[name].pids) for name in CALLS)
        return bool(taking and working and _is_up(f"{self.settings.floyd_public_url}/readyz"))

    def is_settled(self) -> bool:
        """Return whether nothing is on its way any more."""
        with Redis.from_url(self.settings.redis_url) as redis:
            waiting = redis.llen(f"rq:queue:{QUEUE}")
        return not waiting and not any(
            query.exists()
            for query in (
                InboundText.select().where(InboundText.understood_at.is_null()),
                OutboundText.select().where(OutboundText.state.in_(("queued", "sending"))),
                Errand.select().where(Errand.state.not_in(_RESTING)),
                Call.select().where(Call.state.not_in(list(FINAL)) | Call.reported_at.is_null()),
            )
        )

    def evidence(
        self, before: Marks, log_sizes: Mapping[Path, int], phones: Iterable[str]
    ) -> Evidence:
        """Collect what has been left since a moment.

        Args:
            before: the newest row of each table then.
            log_sizes: how long the logs were then.
            phones: numbers that no log may hold.
        """
        with Redis.from_url(self.settings.redis_url) as redis:
            reserved = {
                name.decode(): at for name, at in redis.zrange(_SLOTS, 0, -1, withscores=True)
            }
        return Evidence(
            now=self.settings.clock.now(),
            **rows_since(before),
            events=self.sandbox.records(0, KINDS),
            books=self.sandbox.order_books(),
            slots=reserved,
            log=[line for path, size in log_sizes.items() for line in _lines(path, size)],
            secrets=[*self._keys(), *(phone[-10:] for phone in phones)],
        )

    def _keys(self) -> list[str]:
        settings = self.settings
        secrets = (settings.twilio_auth_token, settings.openai_api_key, settings.floyd_secret_key)
        return [secret.get_secret_value() for secret in secrets]


@contextmanager
def running(place: World, **more_environ: str) -> Iterator[None]:
    """Run a world while the block lasts; nothing of it is left behind.

    Args:
        place: the world; it gets its processes, its sandbox and its settings.
        **more_environ: what Floyd is told beside what it needs.
    """
    with ExitStack() as stack:
        doors = {name: stack.enter_context(listen(0)) for name in ("web", "calls")}
        urls = {name: f"127.0.0.1:{door.getsockname()[1]}" for name, door in doors.items()}
        stack.callback(place.kill_all)
        environ = _environ(place, urls)
        ready = _start_sandbox(stack, environ)
        environ |= ready["environment"] | more_environ
        environ = _start_redis(place, shared(environ, load(environ)))
        place.settings = load(environ)
        place.sandbox = SandboxClient(ready["urls"]["control"])
        place.scenario = Scenario.from_json(ready["scenario"])
        migrate_database(place.settings)
        _start_floyd(place, environ, {name: door.fileno() for name, door in doors.items()})
        yield


def _environ(place: World, urls: Mapping[str, str]) -> dict[str, str]:
    floyds = {name.upper() for name in Settings.model_fields}
    outside = {n: value for n, value in os.environ.items() if n.removesuffix("_FILE") not in floyds}
    (place.directory / "metrics").mkdir(parents=True)
    return outside | {
        "FLOYD_PUBLIC_URL": f"http://{urls['web']}",
        "FLOYD_MEDIA_URL": f"ws://{urls['calls']}",
        "FLOYD_SECRET_KEY": fresh_secret(),
        "FLOYD_DATA_DIR": str(place.directory),
        "FLOYD_TIME_SCALE": str(place.scale),
        "FLOYD_TIME_ORIGIN": str(time.time()),
        "FLOYD_WORKERS": "2",
        "NO_PROXY": _LOCAL,
        "no_proxy": _LOCAL,
    }


def _start_sandbox(stack: ExitStack, environ: Mapping[str, str]) -> dict[str, Any]:
    """Start the stand-ins, which nobody kills; returns what they say of themselves."""
    url = environ["FLOYD_PUBLIC_URL"]
    world = subprocess.Popen(
        [
            *(sys.executable, "-I", "-S", leash.__file__, str(os.getpid())),
            *(sys.executable, "-m", "floyd.sandbox", "--public-url", url),
        ],
        env=dict(environ),
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(world.communicate)
    stack.callback(world.kill)
    assert world.stdout is not None
    return json.loads(world.stdout.readline())  # type: ignore[no-any-return]  # JSON


def _start_redis(place: World, environ: dict[str, str]) -> dict[str, str]:
    program, url = redis_server(place.directory, environ)
    log = place.directory / "redis.log"
    place.processes["redis"] = Process("redis", program.command, environ, log)
    place.start("redis")
    assert asyncio.run(answers(url))
    return environ | {"REDIS_URL": url}


def _start_floyd(place: World, environ: Mapping[str, str], doors: Mapping[str, int]) -> None:
    """Start what the Procfile names, and calls twice: as on two machines behind one door."""
    commands = _procfile()
    for name in ("web", *CALLS, "worker", "clock"):
        kind = name.split()[0]
        bound = ("--bind", f"fd://{doors[kind]}") if kind in doors else ()
        place.processes[name] = Process(
            name,
            (*commands[kind], *bound),
            environ,
            place.directory / f"{name}.log",
            tuple(doors.values()) if bound else (),
        )
        place.start(name)


def _procfile() -> dict[str, tuple[str, ...]]:
    """The project's own commands, run by the Python that runs this."""
    lines = (CHECKOUT / "Procfile").read_text(encoding="utf-8").splitlines()
    named = dict(line.split(": ", 1) for line in lines if line)
    return {
        name: (sys.executable, "-m", *shlex.split(command.removeprefix("python -m ")))
        for name, command in named.items()
    }


def _is_up(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _lines(path: Path, since: int) -> list[str]:
    with path.open("rb") as file:
        file.seek(since)
        return file.read().decode(errors="replace").splitlines()
