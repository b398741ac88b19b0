"""A phone world whose Floyd can be killed part by part, and what a case wants to do in it."""

import asyncio
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from redis import Redis

from floyd.calls.progress import FINAL
from floyd.demo.world import introduce
from floyd.errands.lifecycle import CLOSED, State
from floyd.run.household import listen, migrate_database, shared
from floyd.run.redis_server import answers, redis_server
from floyd.sandbox.client import PhoneCall, SandboxClient
from floyd.sandbox.scenario import Scenario
from floyd.settings import Settings, fresh_secret, load
from floyd.store import open_store
from floyd.store.database import database
from floyd.store.models import Call, Errand, InboundText, OutboundText
from floyd.store.queue import QUEUE
from tests.faults import invariants
from tests.faults.evidence import Evidence, Marks, marks, rows_since
from tests.faults.processes import CHECKOUT, Process

PATIENCE_S = 40.0
_LOOK_EVERY_S = 0.1
_SWEPT_WITHIN_S = 5.0
_READY_WITHIN_S = 90.0
_LOCAL = "127.0.0.1,localhost"
_SLOTS = "slots:reserved_until"
_CAPACITIES = "slots:capacities"
CALLS = ("calls", "calls 2")


class Town:
    """The world of a session; `begin` gives each case a family of its own in it."""

    def __init__(self, directory: Path, scale: float) -> None:
        self.directory = directory
        self.scale = scale
        self.processes: dict[str, Process] = {}
        self.sandbox: SandboxClient
        self.settings: Settings
        self.scenario: Scenario
        self._families = iter(range(100, 190))
        self._before: Marks = {}
        self._log_sizes: dict[Path, int] = {}
        self._held = 0

    # --- Its people -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin a case: a user and a school that nobody has phoned yet."""
        self.until(self._is_ready, _READY_WITHIN_S)
        open_store(self.settings)
        # What another case has put off would be called in the middle of this one.
        Errand.update(due_at=None).where(Errand.state == State.SCHEDULED).execute()
        self.sandbox.reset()
        self._held = 0
        self.scenario = self.another_family()
        self._before = marks()
        self._log_sizes = {each.log: each.log.stat().st_size for each in self.processes.values()}

    def _is_ready(self) -> bool:
        """All that a case before has killed is back."""
        works_since = self.processes["worker"].started_at
        with Redis.from_url(self.settings.redis_url) as redis:
            takers = {int(name.split(b"-")[0]) for name in redis.hkeys(_CAPACITIES)}
            working = redis.zcount("workers:alive", works_since, "+inf")
        taking = all(takers & set(self.processes[name].pids) for name in CALLS)
        return bool(taking and working and _answers(f"{self.settings.floyd_public_url}/readyz"))

    def another_family(self, school: str | None = "school_secretary") -> Scenario:
        """Let another user and another school live here; somebody answers there, or nobody does."""
        number = next(self._families)
        family = replace(
            self.scenario, user_phone=f"+15195550{number}", school_phone=f"+16475550{number}"
        )
        if school is not None:
            self.sandbox.put_phone(family.school_phone, school)
        introduce(family, self.settings.clock.now())
        return family

    def school_is(self, person: str) -> None:
        """Let somebody else answer the school's phone."""
        self.sandbox.put_phone(self.scenario.school_phone, person)

    def text(self, body: str | None = None) -> None:
        """Text Floyd: what the story's user wants, unless other words are given."""
        self.sandbox.send_text(self.scenario.user_phone, body or self.scenario.request)

    def replies(self, phone: str | None = None) -> list[str]:
        """The texts of Floyd on a phone, oldest first."""
        thread = self.sandbox.thread(phone or self.scenario.user_phone)
        return [text.body for text in thread if text.direction == "in"]

    def reply(self, containing: str, phone: str | None = None) -> str:
        """Wait for a text of Floyd; returns it."""
        found = self.until(lambda: [b for b in self.replies(phone) if containing in b])
        return str(found[0])

    def calls(self) -> list[PhoneCall]:
        """The calls that Floyd has made, oldest first."""
        return [call for call in self.sandbox.calls() if call.direction == "outbound-api"]

    def call(self, status: str) -> PhoneCall:
        """Wait until the newest call has a status; returns it."""
        found = self.until(lambda: [c for c in self.calls()[-1:] if c.status == status])
        return found[0]  # type: ignore[no-any-return]  # what was waited for

    def said(self, speaker: str, words: str) -> None:
        """Wait until the `phone` or the `line` to it has said words in the newest call."""
        self.until(lambda: any(words in heard(call, speaker) for call in self.calls()[-1:]))

    def errands(self) -> int:
        """How many errands this case has."""
        return Errand.select().where(Errand.id > self._before[Errand]).count()

    def when(self, kind: str, **fields: Any) -> float:
        """When the world recorded an event first, in seconds; 0 when it has not."""
        for event in self.sandbox.records(0, [kind]):
            if all(event.fields.get(name) == value for name, value in fields.items()):
                return datetime.fromisoformat(event.at).timestamp()
        return 0.0

    def when_last(self, kind: str) -> float:
        """When the world recorded an event last, in seconds; it has."""
        return datetime.fromisoformat(self.sandbox.records(0, [kind])[-1].at).timestamp()

    @property
    def media_port(self) -> int:
        """Where the `calls` processes are reached."""
        return urlsplit(self.settings.media_url).port or 0

    # --- Waiting ----------------------------------------------------------------------------------

    def until(self, seen: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
        """Wait until something can be seen: asked again whenever the world records an event.

        What ends by itself meanwhile is started again, as by any supervisor.
        """
        since = 0
        deadline = time.monotonic() + patience_s
        while not (result := seen()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not seen within {patience_s} s\n{self._so_far()}")
            for process in self.processes.values():
                process.revive()
            for event in self.sandbox.records(since, (), _LOOK_EVERY_S):
                since = event.number
        return result

    def _so_far(self) -> str:
        """What has been said and texted, for whoever reads a failure."""
        said = [f"{each.speaker}: {each.text}" for c in self.calls() for each in c.transcript]
        return "\n".join([*said, *(f"text: {body}" for body in self.replies())])

    def passed(self, seconds: float) -> None:
        """Wait until so many seconds of the world have passed."""
        end = self.settings.clock.monotonic() + seconds
        self.until(lambda: self.settings.clock.monotonic() >= end)

    def until_settled(self) -> None:
        """Wait until nothing is on its way any more."""
        self.until(self._is_settled)

    def _is_settled(self) -> bool:
        with Redis.from_url(self.settings.redis_url) as redis:
            waiting = redis.llen(f"rq:queue:{QUEUE}")
        resting = [state.value for state in (*CLOSED, State.WAITING_FOR_USER, State.SCHEDULED)]
        return not waiting and not any(
            query.exists()
            for query in (
                InboundText.select().where(InboundText.understood_at.is_null()),
                OutboundText.select().where(OutboundText.state.in_(("queued", "sending"))),
                Errand.select().where(Errand.state.not_in(resting)),
                Call.select().where(Call.state.not_in(list(FINAL)) | Call.reported_at.is_null()),
            )
        )

    # --- Faults -----------------------------------------------------------------------------------

    def fault(self, match: str, action: str, **options: Any) -> None:
        """Let the next matching exchanges go wrong; see floyd.sandbox.faults.Fault."""
        self.sandbox.add_fault(match, action, **options)

    def until_held(self) -> str:
        """Wait until an exchange is held; returns its name."""
        event = self.until(lambda: self.sandbox.records(self._held, ["fault.held"]))[0]
        self._held = event.number
        return str(event.fields["name"])

    def crash_while_held(self, name: str) -> None:
        """Kill a process while an exchange of its is held, let the exchange go, start it again."""
        self.until_held()
        self.kill(name)
        self.sandbox.release()
        self.start(name)

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

    def empty_redis(self) -> None:
        """Throw away what Redis has on its disk; it has been killed."""
        shutil.rmtree(self.directory / "redis" / "appendonlydir", ignore_errors=True)

    def until_redis_answers(self) -> None:
        """Wait for Redis."""
        assert asyncio.run(answers(self.settings.redis_url))

    # --- The end ----------------------------------------------------------------------------------

    def end(self) -> None:
        """Let the next case find all processes running, with their own settings."""
        self.sandbox.release()
        for process in self.processes.values():
            process.restore()
        database.close()

    def check(self) -> None:
        """Wait for the end of all that goes on, and check every invariant."""
        self.until_settled()
        with suppress(TimeoutError):
            self.until(self._is_swept, _SWEPT_WITHIN_S)
        invariants.check(self.evidence())

    def _is_swept(self) -> bool:
        """A slot that could not be given back when its call ended is so at the next sweep."""
        return not list(invariants.no_slot_is_leaked(self.evidence()))

    def evidence(self) -> Evidence:
        """Collect what is left of a case."""
        with Redis.from_url(self.settings.redis_url) as redis:
            reserved = {
                name.decode(): at for name, at in redis.zrange(_SLOTS, 0, -1, withscores=True)
            }
        return Evidence(
            now=self.settings.clock.now(),
            **rows_since(self._before),
            events=self.sandbox.records(),
            books=self.sandbox.order_books(),
            slots=reserved,
            log=[line for path, size in self._log_sizes.items() for line in _lines(path, size)],
            secrets=self._secrets(),
        )

    def _secrets(self) -> list[str]:
        settings = self.settings
        secrets = (settings.twilio_auth_token, settings.openai_api_key, settings.floyd_secret_key)
        phones = (self.scenario.user_phone, self.scenario.school_phone)
        return [
            *(secret.get_secret_value() for secret in secrets),
            *(each[-10:] for each in phones),
        ]


def _answers(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def heard(call: PhoneCall, speaker: str) -> str:
    """All that one side of a call has said, in small letters."""
    return " ".join(each.text for each in call.transcript if each.speaker == speaker).lower()


def _lines(path: Path, since: int) -> list[str]:
    with path.open("rb") as file:
        file.seek(since)
        return file.read().decode(errors="replace").splitlines()


@contextmanager
def town(directory: Path, scale: float) -> Iterator[Town]:
    """Run a world with a Floyd of the Procfile's processes in it while the block lasts."""
    with ExitStack() as stack:
        doors = {name: stack.enter_context(listen(0)) for name in ("web", "calls")}
        urls = {name: f"127.0.0.1:{door.getsockname()[1]}" for name, door in doors.items()}
        place = Town(directory, scale)
        stack.callback(place.kill_all)
        environ = _environ(directory, scale, urls)
        ready = _start_sandbox(stack, environ)
        environ |= ready["environment"]
        environ = _start_redis(place, shared(environ, load(environ)))
        place.settings = load(environ)
        place.sandbox = SandboxClient(ready["urls"]["control"])
        place.scenario = Scenario.from_json(ready["scenario"])
        migrate_database(place.settings)
        _start_floyd(place, environ, {name: door.fileno() for name, door in doors.items()})
        yield place


def _environ(directory: Path, scale: float, urls: Mapping[str, str]) -> dict[str, str]:
    floyds = {name.upper() for name in Settings.model_fields}
    outside = {n: value for n, value in os.environ.items() if n.removesuffix("_FILE") not in floyds}
    (directory / "metrics").mkdir(parents=True)
    return outside | {
        "FLOYD_PUBLIC_URL": f"http://{urls['web']}",
        "FLOYD_MEDIA_URL": f"ws://{urls['calls']}",
        "FLOYD_SECRET_KEY": fresh_secret(),
        "FLOYD_DATA_DIR": str(directory),
        "FLOYD_TIME_SCALE": str(scale),
        "FLOYD_TIME_ORIGIN": str(time.time()),
        "FLOYD_WORKERS": "2",
        "NO_PROXY": _LOCAL,
        "no_proxy": _LOCAL,
    }


def _start_sandbox(stack: ExitStack, environ: Mapping[str, str]) -> dict[str, Any]:
    """Start the stand-ins, which nobody kills; returns what they say of themselves."""
    url = environ["FLOYD_PUBLIC_URL"]
    world = subprocess.Popen(
        [sys.executable, "-m", "floyd.sandbox", "--public-url", url],
        env=dict(environ),
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    stack.callback(world.communicate)
    stack.callback(world.kill)
    assert world.stdout is not None
    return json.loads(world.stdout.readline())  # type: ignore[no-any-return]  # JSON


def _start_redis(place: Town, environ: dict[str, str]) -> dict[str, str]:
    program, url = redis_server(place.directory, environ)
    log = place.directory / "redis.log"
    place.processes["redis"] = Process("redis", program.command, environ, log)
    place.start("redis")
    assert asyncio.run(answers(url))
    return environ | {"REDIS_URL": url}


def _start_floyd(place: Town, environ: Mapping[str, str], doors: Mapping[str, int]) -> None:
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
    """The project's own commands, run by the Python that runs the tests."""
    lines = (CHECKOUT / "Procfile").read_text(encoding="utf-8").splitlines()
    named = dict(line.split(": ", 1) for line in lines if line)
    return {
        name: (sys.executable, "-m", *shlex.split(command.removeprefix("python -m ")))
        for name, command in named.items()
    }
