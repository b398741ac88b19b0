"""One story in a running world: its people act, Floyd does what it does, and both are judged."""

import asyncio
import shutil
import time
from pathlib import Path

from floyd.calls import replaying
from floyd.clock import Clock
from floyd.demo.account import Account
from floyd.demo.crash import Crash, Saboteur
from floyd.demo.judge import Evidence, Point, judge, judge_broken_off
from floyd.demo.rest import is_at_rest
from floyd.demo.stage import Stage, stage
from floyd.demo.users_phone import UsersPhone
from floyd.demo.world import PhoneWorld
from floyd.sandbox.stories import story_of
from floyd.store.database import database
from floyd.store.models import Call
from floyd.watching.picture import Picture, look

_REST_WITHIN_S = 180.0  # of the story's time
_LOOKS_EVERY_S = 0.1
_BRIEF_LOOKS_EVERY_S = 0.25
_BRIEF_RING_S = 2.0  # nobody listens to it


async def perform(
    world: PhoneWorld, directory: Path, *, brief: bool, crash: Crash | None = None
) -> Account:
    """Play the world's story to its end, or until Floyd takes too long.

    Args:
        world: one in which nothing has happened yet.
        directory: gets the recordings.
        brief: whether to show nothing of it.
        crash: what breaks the first call in the middle.
    """
    began = time.monotonic()
    scenario = world.scenario
    callee = story_of(scenario).callee
    if brief:
        world.sandbox.change_conditions(twilio={"ring_s": _BRIEF_RING_S})
    with stage(f"seed {scenario.seed}: {scenario.user}, {callee}", brief=brief) as shown:
        looks_every_s = _BRIEF_LOOKS_EVERY_S if brief else _LOOKS_EVERY_S
        saboteur = Saboteur(world.sandbox, crash) if crash else None
        performance = _Performance(world, shown, looks_every_s, saboteur)
        is_over = await performance.run()
    is_survived = crash is None or crash.is_survived
    verdict = judge if is_survived else judge_broken_off
    points = verdict(scenario, await asyncio.to_thread(_evidence, world))
    points += saboteur.points() if saboteur else []
    points.append(await asyncio.to_thread(_replayed))
    if not is_over:
        points.append(Point("Floyd came to rest", False, f"not within {_REST_WITHIN_S:.0f} s"))
    recordings = _keep_recordings(world, directory)
    took_s = time.monotonic() - began
    return Account(points, performance.picture, recordings, took_s, is_over)


class _Performance:
    """The user's side and Floyd's take turns; whoever looks on sees both."""

    def __init__(
        self, world: PhoneWorld, shown: Stage, looks_every_s: float, saboteur: Saboteur | None
    ) -> None:
        self._clock = world.settings.clock
        self._since = self._clock.now()
        self._user = UsersPhone(world.sandbox, world.scenario)
        self._shown = shown
        self._looks_every_s = looks_every_s
        self._saboteur = saboteur
        self.picture = Picture((), ())

    async def run(self) -> bool:
        """Return whether Floyd came to rest each time."""
        try:
            while await asyncio.to_thread(self._user.go_on):
                async with self._clock.timeout(_REST_WITHIN_S):
                    await self._until_at_rest()
        except TimeoutError:
            return False
        finally:
            self._shown.end(self.picture)
        return True

    async def _until_at_rest(self) -> None:
        is_resting = False
        while not is_resting:
            await Clock().sleep(self._looks_every_s)
            with database.connection_context():
                is_resting = is_at_rest(self._user)
                self.picture = look(self._since)
            if self._saboteur:
                self.picture = await asyncio.to_thread(self._saboteur.look_on, self.picture)
            self._shown.show(self.picture)


def _evidence(world: PhoneWorld) -> Evidence:
    sandbox = world.sandbox
    return Evidence(
        sandbox.problems(),
        sandbox.order_books(),
        sandbox.calls(),
        sandbox.thread(world.scenario.user_phone),
    )


def _replayed() -> Point:
    """Whatever was decided in its calls is decided again from what was kept of them."""
    with database.connection_context():
        calls = list(Call.select())
        differing = [step for call in calls for step in replaying.differences(call)]
    seen = f"calls replayed: {len(calls)}, decisions that differ: {len(differing)}"
    return Point("a replay decides what was decided live", bool(calls) and not differing, seen)


def _keep_recordings(world: PhoneWorld, directory: Path) -> list[Path]:
    """Move both sides' audio to where people look for it."""
    kept: list[Path] = []
    scenario = world.scenario
    found = sorted((world.settings.floyd_data_dir / "recordings").glob("*.wav"))
    for recording in found:
        side = "callee" if recording.stem.endswith("-phone") else "floyd"
        number = sum(side in path.stem for path in kept) + 1
        path = directory / f"{scenario.story}-{scenario.seed}-call-{number}-{side}.wav"
        shutil.move(recording, path)
        kept.append(path)
    return kept
