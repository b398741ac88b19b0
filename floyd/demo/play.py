"""One story after another, in one world: played, shown, judged."""

import asyncio
import shutil
import tempfile
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from floyd.demo.account import Account, Play, tell, tell_briefly
from floyd.demo.crash import Crash
from floyd.demo.perform import perform
from floyd.demo.world import SandboxLog, phone_world
from floyd.errors import FloydError
from floyd.run.supervisor import Supervisor
from floyd.run.until_stopped import STOPPED, until_stopped

_LOG = "floyd.log"
_LAST_LINES = 25
_BEGINS = "begins"


@dataclass(frozen=True)
class Theatre:
    """How stories are played.

    Attributes:
        scale: how many times as fast as in life.
        directory: where recordings, and logs of what went wrong, are left.
        brief: whether a story that goes well is told in one line.
        once_more: whether what went wrong is played again at half the speed, and judged by that: a
            machine that is too busy makes people on the phone wait.
        crash: what breaks the first call of each story in the middle.
    """

    scale: float
    directory: Path
    brief: bool = False
    once_more: bool = False
    crash: Crash | None = None


def play(plays: Iterable[Play], theatre: Theatre) -> int:
    """Play stories one after another; return the exit code: 0 only if all went right."""
    code, wrong = _play_all(plays, theatre)
    if wrong and theatre.once_more and code != STOPPED:
        slower = replace(theatre, scale=max(1.0, theatre.scale / 2))
        names = ", ".join(map(str, wrong))
        click.secho(f"Once more, at half the speed: {names}", bold=True)
        code, wrong = _play_all(wrong, slower)
    return code or int(bool(wrong))


def _play_all(plays: Iterable[Play], theatre: Theatre) -> tuple[int, list[Play]]:
    """Play stories; return 0 unless they had to be broken off, and which ones went wrong.

    They share one world, which is made anew when Floyd did not come to rest in it.
    """
    left, wrong = deque(plays), list[Play]()
    code = 0
    while left and not code:
        code = _in_one_world(left, wrong, theatre)
    return code, wrong


def _in_one_world(left: deque[Play], wrong: list[Play], theatre: Theatre) -> int:
    """Play what is left, as far as one world goes; what was begun is not left any more."""
    wrong_before = len(wrong)
    if not theatre.brief:
        click.secho("Starting a phone world and Floyd in it ...", dim=True)
    theatre.directory.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="world-", dir=theatre.directory))
    with (home / _LOG).open("w", encoding="utf-8") as file:
        log = SandboxLog(lambda name, line: print(f"{name:8} | {line}", file=file, flush=True))
        supervisor = Supervisor(log)
        played = _play(left, wrong, theatre, home, supervisor, log)
        try:
            code = until_stopped(played, supervisor.kill)
        except FloydError as error:
            click.secho(f"  {error}", fg="red")
            _show_log(home)
            left.clear()  # a world that does not come up would not the next time either
            code = 1
    if code in (0, STOPPED) and len(wrong) == wrong_before:
        shutil.rmtree(home)
    return code


def _show_log(home: Path) -> None:
    """Show the last lines of the log that came after the last story began."""
    path = home / _LOG
    click.secho(f"  What the processes said is in {path}; the last of it:", bold=True)
    latest = path.read_text(encoding="utf-8").rpartition(f" {_BEGINS}\n")[2]
    for line in latest.splitlines()[-_LAST_LINES:]:
        click.echo(f"  {line}")


async def _play(
    left: deque[Play],
    wrong: list[Play],
    theatre: Theatre,
    home: Path,
    supervisor: Supervisor,
    log: SandboxLog,
) -> int:
    played = left.popleft()
    async with (
        supervisor,
        phone_world(
            seed=played.seed,
            story=played.story,
            scale=theatre.scale,
            directory=home,
            supervisor=supervisor,
            log=log,
        ) as world,
    ):
        while True:
            log("demo", f"{played} {_BEGINS}")
            account = await perform(
                world, theatre.directory, brief=theatre.brief, crash=theatre.crash
            )
            _tell(played, account, theatre)
            if not account.is_right:
                _show_log(home)
                wrong.append(played)
            if not (left and account.is_over):
                return 0
            played = left.popleft()
            world = await asyncio.to_thread(world.tell, played.story, played.seed)


def _tell(played: Play, account: Account, theatre: Theatre) -> None:
    if theatre.brief:
        tell_briefly(played, account, _options(theatre))
    else:
        tell(account)


def _options(theatre: Theatre) -> str:
    """Return with which options of the command a story is played like this."""
    scale = f"--scale {theatre.scale:g}"
    if theatre.crash is None:
        return scale
    return f"{scale} --crash {theatre.crash.blow} --then {theatre.crash.then}"
