"""`floyd sandbox`: the phone world kept running, for texting by hand and looking on."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from floyd.demo.world import PhoneWorld, SandboxLog, phone_world
from floyd.run.child import Log
from floyd.run.supervisor import Supervisor
from floyd.run.until_stopped import until_told_to_end
from floyd.sandbox.scenario import STORIES, Scenario
from floyd.settings import Settings

Announce = Callable[[dict[str, Any]], Path]
"""Leaves word of a world for other commands; returns the file, which is removed at the end."""


def keep_world(seed: int, directory: Path, log: Log, announce: Announce) -> None:
    """Keep a world running until Ctrl-C; what an earlier one left in `directory` is removed."""
    shutil.rmtree(directory, ignore_errors=True)
    sandbox_log = SandboxLog(log)
    supervisor = Supervisor(sandbox_log)

    async def work() -> None:
        async with (
            supervisor,
            phone_world(
                seed=seed,
                scale=1.0,
                directory=directory,
                supervisor=supervisor,
                log=sandbox_log,
            ) as world,
        ):
            word = announce(_word_of(world))
            try:
                for line in _welcome(world):
                    log("floyd", line)
                await asyncio.Event().wait()
            finally:
                word.unlink(missing_ok=True)

    until_told_to_end(work(), supervisor.kill)


def _word_of(world: PhoneWorld) -> dict[str, Any]:
    return {
        "control": world.control,
        "environment": {
            name: value
            for name, value in world.environ.items()
            if name.lower() in Settings.model_fields
        },
        "scenario": world.scenario.as_json(),
    }


def _requests(story: Scenario) -> list[str]:
    """What its user could ask for: everybody whom the stories need lives in every world."""
    return [Scenario.from_seed(story.seed, name).request for name in STORIES]


def _welcome(world: PhoneWorld) -> list[str]:
    story = world.scenario
    return [
        f"The phone world runs. You are {story.user}; Floyd knows {story.school}.",
        "In another terminal:",
        *(f'  floyd text "{request}"' for request in _requests(story)),
        "  floyd watch",
    ]
