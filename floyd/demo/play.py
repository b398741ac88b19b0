"""One errand after another, each in a world of its own: played, shown, judged."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import click

from floyd.clock import Clock
from floyd.demo.judge import Evidence, Point, judge
from floyd.demo.stage import Stage, stage
from floyd.demo.users_phone import UsersPhone
from floyd.demo.world import PhoneWorld, SandboxLog, phone_world
from floyd.errands.lifecycle import CLOSED, State
from floyd.errors import FloydError
from floyd.run.supervisor import Supervisor
from floyd.run.until_stopped import STOPPED, until_stopped
from floyd.sandbox.stories import story_of
from floyd.store.database import database
from floyd.store.models import Errand, InboundText, OutboundText
from floyd.watching.picture import Picture, look

_ERRAND_WITHIN_S = 90.0  # of the story's time
_LOOKS_EVERY_S = 0.1
_LAST_LINES = 25
_AT_REST = (*CLOSED, State.WAITING_FOR_USER)
_ON_THEIR_WAY = ("queued", "sending", "sent")


class TooSlow(FloydError):
    """An errand did not come to an end in time."""


def play(stories: Sequence[str], seeds: Sequence[int], scale: float, directory: Path) -> int:
    """Play every story for each seed; return the exit code: 0 only if all went right.

    Args:
        stories: of floyd.sandbox.scenario.STORIES.
        seeds: each draws names, wording, facts and what the callee asks.
        scale: how many times as fast as in life.
        directory: where recordings, and logs of what went wrong, are left.
    """
    worst = 0
    for story, seed in product(stories, seeds):
        worst = max(worst, _play_one(story, seed, scale, directory))
        if worst == STOPPED:
            break
    return worst


def _play_one(story: str, seed: int, scale: float, directory: Path) -> int:
    click.secho(f"Starting a phone world and Floyd in it ({story}, seed {seed}) ...", dim=True)
    directory.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix=f"{story}-{seed}-", dir=directory))
    with (home / "floyd.log").open("w", encoding="utf-8") as file:
        log = SandboxLog(lambda name, line: print(f"{name:8} | {line}", file=file))
        supervisor = Supervisor(log)

        async def work() -> int:
            async with (
                supervisor,
                phone_world(
                    seed=seed,
                    story=story,
                    scale=scale,
                    directory=home,
                    supervisor=supervisor,
                    log=log,
                ) as world,
            ):
                return await _errand(world, directory)

        try:
            code = until_stopped(work(), supervisor.kill)
        except FloydError as error:
            click.secho(f"  {error}", fg="red")
            code = 1
    if code in (0, STOPPED):
        shutil.rmtree(home)
    else:
        _show_log(home / "floyd.log")
    return code


def _show_log(path: Path) -> None:
    click.secho(f"What the processes said is in {path}; the last of it:", err=True, bold=True)
    for line in path.read_text(encoding="utf-8").splitlines()[-_LAST_LINES:]:
        click.echo(f"  {line}", err=True)


async def _errand(world: PhoneWorld, directory: Path) -> int:
    scenario = world.scenario
    since = world.settings.clock.now()
    user = UsersPhone(world.sandbox, scenario)
    callee = story_of(scenario).callee
    with stage(f"seed {scenario.seed}: {scenario.user}, {callee}") as shown:
        await asyncio.to_thread(user.begin)
        picture = await _until_at_rest(world, user, since, shown)
        while await asyncio.to_thread(user.answer):
            picture = await _until_at_rest(world, user, since, shown)
        shown.end(picture)
    points = judge(scenario, await asyncio.to_thread(_evidence, world))
    recordings = _keep_recordings(world, directory)
    _tell(points, picture.reply_times_ms, recordings)
    return 0 if all(point.is_right for point in points) else 1


async def _until_at_rest(
    world: PhoneWorld, user: UsersPhone, since: float, shown: Stage
) -> Picture:
    """Show what happens until Floyd has nothing left to do."""
    clock = world.settings.clock
    deadline = clock.monotonic() + _ERRAND_WITHIN_S
    while True:
        with database.connection_context():
            picture, is_at_rest = look(since), _is_at_rest(user.sent)
        shown.show(picture)
        if is_at_rest:
            return picture
        if clock.monotonic() > deadline:
            shown.end(picture)
            raise TooSlow(f"The errand was not done within {_ERRAND_WITHIN_S:.0f} s")
        await Clock().sleep(_LOOKS_EVERY_S)


def _is_at_rest(texts_sent: int) -> bool:
    """Floyd's own view tells when to judge, never how."""
    understood = InboundText.select().where(InboundText.understood_at.is_null(False)).count()
    errands = [errand.state for errand in Errand.select(Errand.state)]
    is_texting = OutboundText.select().where(OutboundText.state.in_(_ON_THEIR_WAY)).exists()
    is_resting = bool(errands) and all(state in _AT_REST for state in errands)
    return is_resting and not is_texting and understood == texts_sent


def _evidence(world: PhoneWorld) -> Evidence:
    sandbox = world.sandbox
    return Evidence(
        sandbox.problems(),
        sandbox.order_books(),
        sandbox.calls(),
        sandbox.thread(world.scenario.user_phone),
    )


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


def _tell(points: list[Point], reply_times_ms: list[int], recordings: list[Path]) -> None:
    for point in points:
        mark, color = ("right", "green") if point.is_right else ("WRONG", "red")
        click.echo(f"  {click.style(mark, fg=color)}  {point.what}: {point.seen}")
    if reply_times_ms:
        middle = sorted(reply_times_ms)[len(reply_times_ms) // 2]
        click.echo(f"  replies began after {middle} ms (median), {max(reply_times_ms)} ms at most")
    click.echo(f"  recorded: {', '.join(str(path) for path in recordings) or 'nothing'}")
