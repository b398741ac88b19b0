"""Floyd as it runs: real processes in a phone world, texts in, calls and texts out."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from floyd.calls import replaying
from floyd.demo.world import PhoneWorld, SandboxLog, introduce, phone_world
from floyd.run.supervisor import Supervisor
from floyd.sandbox.client import PhoneCall, PhoneText
from floyd.sandbox.scenario import Scenario
from floyd.store import open_store
from floyd.store.database import database
from floyd.store.models import Call, Errand, User

SCALE = 4.0
RING_S = 2.0
PATIENCE_S = 25.0
_LOOKS = 6


class Town:
    """A running world, and what a test wants to do in it."""

    def __init__(self, world: PhoneWorld, supervisor: Supervisor, scenario: Scenario) -> None:
        self.world = world
        self.sandbox = world.sandbox
        self.settings = world.settings
        self.scenario = scenario
        self._supervisor = supervisor

    @property
    def user(self) -> str:
        return self.scenario.user_phone

    @property
    def school(self) -> str:
        return self.scenario.school_phone

    @property
    def floyds_user(self) -> User:
        """The user as Floyd knows them."""
        user: User = User.get(User.phone == self.user)
        return user

    def live_prompts(self, since: int = 0) -> list[str]:
        """What the model was told during calls; what it thinks before and after is left out.

        Args:
            since: the record after which it was told so.
        """
        chats = [event.fields["body"] for event in self.sandbox.records(since, ["openai.chat"])]
        live = [body for body in chats if "response_format" not in body]
        return [" ".join(str(each["content"]) for each in body["messages"]) for body in live]

    def text(self, body: str, from_: str | None = None) -> None:
        self.sandbox.send_text(from_ or self.user, body)

    def replies(self, phone: str | None = None) -> list[str]:
        """The texts of Floyd on a phone, oldest first."""
        thread: list[PhoneText] = self.sandbox.thread(phone or self.user)
        return [text.body for text in thread if text.direction == "in"]

    def reply(self, containing: str, phone: str | None = None) -> str:
        """Wait for a text of Floyd; returns it."""
        found = self.until(lambda: [b for b in self.replies(phone) if containing in b])
        return str(found[0])

    def call(self, status: str) -> PhoneCall:
        """Wait until the newest call has a status; returns it."""
        calls = self.until(lambda: [c for c in self.sandbox.calls()[-1:] if c.status == status])
        return calls[0]  # type: ignore[no-any-return]  # what was waited for

    def said_by_floyd(self, words: str) -> None:
        """Wait until the callee has heard words of Floyd's in the newest call."""
        self.until(lambda: any(words in _heard(c, "line") for c in self.sandbox.calls()[-1:]))

    def said_by_callee(self, words: str) -> None:
        """Wait until the callee has said words in the newest call."""
        self.until(lambda: any(words in _heard(c, "phone") for c in self.sandbox.calls()[-1:]))

    def call_is_back(self) -> None:
        """Wait until the newest call has a second media stream."""
        self.until(lambda: Call.select().order_by(Call.id.desc()).get().token_used == 2)

    def until(self, seen: Callable[[], Any]) -> Any:
        """Wait until something can be seen: asked again whenever the world records an event."""
        since = 0
        deadline = self.settings.clock.monotonic() + PATIENCE_S * self.settings.clock.scale
        while not (result := seen()):
            if self.settings.clock.monotonic() > deadline:
                raise TimeoutError(f"not seen within {PATIENCE_S} s; Floyd: {self.replies()}")
            for event in self.sandbox.records(since, (), 0.25):
                since = event.number
        return result

    def pid(self, name: str) -> int:
        """The process of one of Floyd's programs: `web`, `worker`, `clock`, `redis`."""
        child = next(each for each in self._supervisor.children if each.program.name == name)
        assert child.pid is not None
        return child.pid

    def process_that_carries_the_call(self) -> int:
        """The gunicorn worker that holds the only media socket there is.

        A webhook's connection is gone after a moment; the media socket is there at every look.
        """
        port = urlsplit(self.settings.floyd_public_url).port
        workers = psutil.Process(self.pid("web")).children()
        looks: deque[set[tuple[int, int]]] = deque(maxlen=_LOOKS)

        def lasting() -> set[tuple[int, int]]:
            looks.append({(w.pid, peer) for w in workers for peer in _peers(w, port)})
            return set.intersection(*looks) if len(looks) == _LOOKS else set()

        ((pid, _),) = self.until(lasting)
        return int(pid)


def _peers(worker: psutil.Process, port: int | None) -> list[int]:
    """The ports of those who are connected to a worker's listening port now."""
    connections = worker.net_connections("tcp")
    return [c.raddr.port for c in connections if c.status == "ESTABLISHED" and c.laddr.port == port]


def _heard(call: PhoneCall, speaker: str) -> str:
    return " ".join(each.text for each in call.transcript if each.speaker == speaker).lower()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PhoneWorld, Supervisor]]:
    """One world for all tests of a session; it runs beside the tests on a loop of its own."""
    directory = tmp_path_factory.mktemp("world")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    with (directory / "floyd.log").open("w", encoding="utf-8") as file:
        log = SandboxLog(lambda name, line: print(f"{name:8} | {line}", file=file, flush=True))
        running = _Running(directory, log)
        world = asyncio.run_coroutine_threadsafe(running.start(), loop).result(120)
        try:
            yield world, running.supervisor
            assert _decided_otherwise(world) == []
        finally:
            asyncio.run_coroutine_threadsafe(running.stop(), loop).result(60)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()


def _decided_otherwise(world: PhoneWorld) -> list[str]:
    """What a replay of all calls of the session decides otherwise than was decided live."""
    open_store(world.settings)
    try:
        with database.connection_context():
            steps = [(c.id, step) for c in Call.select() for step in replaying.differences(c)]
        return [f"call {call}, {step.at_s} s: {step}" for call, step in steps]
    finally:
        database.close()


class _Running:
    """Holds a world's `async with` block open between a start and a stop."""

    def __init__(self, directory: Path, log: SandboxLog) -> None:
        self.supervisor = Supervisor(log)
        self._block = phone_world(
            seed=0, scale=SCALE, directory=directory, supervisor=self.supervisor, log=log
        )

    async def start(self) -> PhoneWorld:
        return await self._block.__aenter__()

    async def stop(self) -> None:
        await self._block.__aexit__(None, None, None)
        await self.supervisor.stop()


@pytest.fixture
def town(running: tuple[PhoneWorld, Supervisor], request: pytest.FixtureRequest) -> Iterator[Town]:
    """The world with a family of its own for this test, whose school nobody has phoned yet."""
    world, supervisor = running
    open_store(world.settings)
    scenario = _a_family_of_its_own(world.scenario)
    world.sandbox.reset()
    world.sandbox.change_conditions(twilio={"ring_s": RING_S})
    world.sandbox.put_phone(scenario.school_phone, "school_secretary")
    introduce(scenario, world.settings.clock.now())
    try:
        yield Town(world, supervisor, scenario)
    finally:
        # What is put off would be called in the middle of another test.
        Errand.update(due_at=None).where(Errand.state == "scheduled").execute()
        database.close()


_families = iter(range(100, 190))


def _a_family_of_its_own(scenario: Scenario) -> Scenario:
    number = next(_families)
    return replace(scenario, user_phone=f"+15195550{number}", school_phone=f"+16475550{number}")
