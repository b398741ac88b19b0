"""A phone world with a Floyd in it, on free ports and with fresh secrets."""

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from floyd.clock import Clock
from floyd.errors import FloydError
from floyd.run.child import Log, Program
from floyd.run.household import household, listen
from floyd.run.supervisor import Supervisor
from floyd.sandbox.client import SandboxClient
from floyd.sandbox.scenario import STORIES, Scenario
from floyd.settings import Settings, fresh_secret, load
from floyd.store import users
from floyd.store.database import database, writing
from floyd.store.models import ALL

_READY_WITHIN_S = 30.0
_LOCAL = "127.0.0.1,localhost"


@dataclass(frozen=True)
class PhoneWorld:
    """A running world.

    Attributes:
        scenario: the story, which Floyd does not know.
        sandbox: steers it.
        control: the address of its control API.
        environ: the variables that Floyd runs with.
        settings: the same, validated.
    """

    scenario: Scenario
    sandbox: SandboxClient
    control: str
    environ: dict[str, str]
    settings: Settings

    def tell(self, story: str, seed: int) -> "PhoneWorld":
        """Let another story begin in it, of which neither its people nor Floyd know anything.

        Starting a world takes longer than a story that is played at a higher scale.
        """
        scenario = Scenario.from_json(self.sandbox.tell(seed, story))
        self.sandbox.change_conditions(google=_recogniser(seed))
        _forget_everybody()
        introduce(scenario, self.settings.clock.now())
        return replace(self, scenario=scenario)


class SandboxLog:
    """Passes on what processes say, and keeps the sandbox's first line, which says where it is."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._is_ready = False
        self.ready: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def __call__(self, name: str, line: str) -> None:
        """Take a line; the sandbox's first one has its secrets in it and goes no further."""
        if name != "sandbox" or not line.startswith('{"urls"'):
            self._log(name, line)
        elif self._is_ready:
            self._log(name, "came back as another world, which Floyd cannot reach: start again")
        else:
            self._is_ready = True
            self.ready.put_nowait(json.loads(line))


@asynccontextmanager
async def phone_world(
    *,
    seed: int,
    scale: float,
    directory: Path,
    supervisor: Supervisor,
    log: SandboxLog,
    story: str = STORIES[0],
) -> AsyncIterator[PhoneWorld]:
    """Run a phone world and Floyd in it while the block lasts.

    Args:
        seed: which people live in it.
        scale: how many times as fast as the wall's time runs, for all of it.
        directory: an empty one, or one to be made, for its files; calls are recorded in
            `recordings` below it.
        supervisor: made with `log`; stops all when its own block ends.
        log: where the sandbox says that it is ready.
        story: which one is told.
    """
    with listen(0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        environ = _environ(os.environ, directory, url, scale)
        await supervisor.start(_sandbox(seed, story, url, directory, environ))
        ready = await _ready(log)
        environ |= ready["environment"]
        scenario = Scenario.from_json(ready["scenario"])
        control = ready["urls"]["control"]
        sandbox = SandboxClient(control)
        await asyncio.to_thread(sandbox.change_conditions, google=_recogniser(seed))
        async with household(environ, supervisor, listener) as complete:
            settings = load(complete)
            introduce(scenario, settings.clock.now())
            yield PhoneWorld(scenario, sandbox, control, complete, settings)


def _recogniser(seed: int) -> dict[str, float]:
    """Return how a recogniser is in life: it corrects itself, and its finals are late."""
    final_latency_s = round(random.Random(f"recogniser {seed}").uniform(0.3, 1.6), 2)
    return {"revise_rate": 0.1, "final_latency_s": final_latency_s, "seed": seed}


def introduce(scenario: Scenario, now: float) -> None:
    """Tell Floyd what the user of a story has told it before the story begins."""
    with database.connection_context():
        user = users.add_user(scenario.user_phone, scenario.user, None, now)
        for subject, value in scenario.user_facts.items():
            users.add_fact(user, subject, value, now)
        for name, phone in scenario.contacts.items():
            users.add_contact(user, name, phone, now)


def _forget_everybody() -> None:
    with database.connection_context(), writing():
        for model in reversed(ALL):
            model.delete().execute()


def _environ(outside: Mapping[str, str], directory: Path, url: str, scale: float) -> dict[str, str]:
    """Return the outside's environment without what is Floyd's, and the world's instead."""
    floyds = {name.upper() for name in Settings.model_fields}
    kept = {
        name: value
        for name, value in outside.items()
        if name not in floyds and name.removesuffix("_FILE") not in floyds
    }
    return kept | {
        "FLOYD_ENV": "development",
        "FLOYD_PUBLIC_URL": url,
        "FLOYD_SECRET_KEY": fresh_secret(),
        "FLOYD_DATA_DIR": str(directory.resolve()),
        "FLOYD_TIME_SCALE": str(scale),
        "FLOYD_TIME_ORIGIN": str(time.time()),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": _LOCAL,
        "no_proxy": _LOCAL,
    }


def _sandbox(seed: int, story: str, url: str, directory: Path, environ: dict[str, str]) -> Program:
    options = {
        "--public-url": url,
        "--voice-status-url": f"{url}/twilio/voice/status",
        "--seed": str(seed),
        "--story": story,
        "--recordings": str(directory / "recordings"),
        "--voices": str(directory / "voices.jsonl"),
    }
    command = [sys.executable, "-m", "floyd.sandbox"]
    for option in options.items():
        command += option
    return Program("sandbox", tuple(command), environ)


async def _ready(log: SandboxLog) -> dict[str, Any]:
    try:
        async with Clock().timeout(_READY_WITHIN_S):
            return await log.ready.get()
    except TimeoutError as error:
        raise FloydError("The phone world did not start in time; its log says why") from error
