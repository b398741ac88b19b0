"""Every story of the demo, and every call of it once more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from floyd.demo.judge import Point
from floyd.demo.perform import perform
from floyd.demo.world import PhoneWorld, SandboxLog, phone_world
from floyd.run.supervisor import Supervisor
from floyd.sandbox.scenario import STORIES, VOICE_STORIES

SCALE = 8.0
SEED = 3
EVERY_STORY = (*STORIES, *VOICE_STORIES)


@asynccontextmanager
async def a_world(directory: Path) -> AsyncIterator[PhoneWorld]:
    with (directory / "floyd.log").open("w", encoding="utf-8") as file:
        log = SandboxLog(lambda name, line: print(f"{name:8} | {line}", file=file, flush=True))
        supervisor = Supervisor(log)
        world = phone_world(
            seed=SEED,
            scale=SCALE,
            directory=directory / "world",
            supervisor=supervisor,
            log=log,
        )
        async with supervisor, world as running:
            yield running


async def verdicts_on_replays(directory: Path) -> dict[str, Point]:
    """Play all stories, one after the other; returns of each how its calls were decided again."""
    verdicts = {}
    async with a_world(directory) as world:
        for story in EVERY_STORY:
            told = await asyncio.to_thread(world.tell, story, SEED)
            account = await perform(told, directory, brief=True)
            (verdicts[story],) = [point for point in account.points if "replay" in point.what]
    return verdicts


@pytest.mark.timeout(400)
def test_every_call_of_every_story_is_decided_again_as_it_was_live(tmp_path: Path) -> None:
    verdicts = asyncio.run(verdicts_on_replays(tmp_path))
    assert len(verdicts) == len(EVERY_STORY)
    assert [(story, point.seen) for story, point in verdicts.items() if not point.is_right] == []
