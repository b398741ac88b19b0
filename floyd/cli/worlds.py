"""`floyd run`, `floyd sandbox`, `floyd demo`, `floyd migrate`: everything that starts processes."""

import asyncio
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from floyd.cli import environment
from floyd.cli.first_user import ask_for_first_user
from floyd.run.household import household, listen, migrate_database
from floyd.run.supervisor import Supervisor
from floyd.run.until_stopped import until_told_to_end
from floyd.settings import load

_NAMES_WIDTH = 8
_STORIES = ("school", "flowers", "oil_change")
_SPOKEN = ("voice_school", "voice_flowers", "voice_return", "voice_hang_up", "voice_status")
_OF_THE_SANDBOX = ("aiohttp", "espeakng_loader", "numpy", "psutil")
_BLOWS = ("kill", "sigterm", "socket")
_AFTER_A_LOSS = ("continue", "continue_after_10_s", "hang_up")


def say(name: str, line: str) -> None:
    """Print a line of a process's log behind the process's name."""
    click.echo(f"{click.style(name.ljust(_NAMES_WIDTH), dim=True)} | {line}")


@click.command()
def migrate() -> None:
    """Bring the database up to date."""
    applied = migrate_database(load(environment.environ()))
    click.echo("\n".join(applied) or "The database is up to date.")


@click.command()
def run() -> None:
    """Run all of Floyd on this machine, behind PORT, until Ctrl-C.

    Starts Redis (without REDIS_URL), gunicorn, workers and the clock. The environment, or a file
    named .env, says with which accounts: see .env.example.
    """
    environ = environment.environ()
    settings = load(environ)
    ask_for_first_user(settings)
    try:
        listener = listen(settings.port)
    except OSError as error:
        raise click.ClickException(f"PORT {settings.port}: {error.strerror}") from error
    supervisor = Supervisor(say)

    async def work() -> None:
        async with supervisor, household(environ, supervisor, listener):
            say("floyd", f"listens on port {settings.port} for {settings.floyd_public_url}")
            await asyncio.Event().wait()

    with listener:
        until_told_to_end(work(), supervisor.kill)


@click.command()
@click.option("--seed", default=0, show_default=True, help="Which story's people live in it.")
def sandbox(seed: int) -> None:
    """Keep a phone world with a Floyd in it running, without any account, until Ctrl-C."""
    _require_sandbox()
    from floyd.demo.keep import keep_world

    if environment.running_sandbox():
        raise click.ClickException(f"A sandbox is running in {environment.data_dir()} already.")
    directory = environment.data_dir() / "sandbox"
    keep_world(seed, directory, say, environment.announce_sandbox)


@click.command()
@click.option("--seed", default=0, show_default=True, help="Which seed comes first.")
@click.option("--seeds", default=1, show_default=True, help="How many seeds.")
@click.option("--voice", is_flag=True, help="Play what is told by phone: each seed another story.")
@click.option(
    "--story",
    default="all",
    show_default=True,
    type=click.Choice([*_STORIES, *_SPOKEN, "all"]),
    help="Which errand is played.",
)
@click.option(
    "--scale",
    default=1.0,
    show_default=True,
    type=click.FloatRange(1, 20),
    help="How many times as fast as in life.",
)
@click.option(
    "--worlds",
    default=1,
    show_default=True,
    type=click.IntRange(1, 8),
    help="How many worlds the seeds are played in, side by side; more than one are brief.",
)
@click.option("--brief", is_flag=True, help="One line for each errand that goes well.")
@click.option(
    "--once-more",
    is_flag=True,
    help="Play what went wrong again at half the speed: the machine may have been too busy.",
)
@click.option(
    "--crash",
    is_flag=False,
    flag_value=_BLOWS[0],
    type=click.Choice(_BLOWS),
    help="Break the call in the middle; of its own: kill -9 of the process that carries it.",
)
@click.option(
    "--then",
    default=_AFTER_A_LOSS[0],
    show_default=True,
    type=click.Choice(_AFTER_A_LOSS),
    help="What the phone company does when a media socket is lost.",
)
@click.option(
    "--directory",
    default=Path("var/demo"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where recordings and logs are left.",
)
def demo(
    *,
    seed: int,
    seeds: int,
    voice: bool,
    story: str,
    scale: float,
    worlds: int,
    brief: bool,
    once_more: bool,
    crash: str | None,
    then: str,
    directory: Path,
) -> None:
    """Play errands from text to call to text, without any account, and judge them.

    Exits with 0 only if the callees' own order books and the user's phone show the right outcome.
    """
    _require_sandbox()
    from floyd.demo.account import Play
    from floyd.demo.crash import Blow, Crash
    from floyd.demo.play import Theatre, play
    from floyd.demo.worlds import play_side_by_side, shares
    from floyd.sandbox.twilio.conditions import SocketLoss

    numbers = range(seed, seed + seeds)
    if crash and story == "all":
        story = _STORIES[0]
    if worlds > 1:
        options = ["--story", story, "--scale", f"{scale:g}", "--directory", str(directory)]
        options += ["--voice"] * voice + ["--once-more"] * once_more
        options += ["--crash", crash, "--then", then] if crash else []
        sys.exit(play_side_by_side(shares(numbers, worlds), options))
    plays = [Play(name, number) for number in numbers for name in _stories(number, voice, story)]
    broken = Crash(Blow(crash), SocketLoss(then)) if crash else None
    sys.exit(play(plays, Theatre(scale, directory, brief, once_more, broken)))


def _stories(seed: int, voice: bool, story: str) -> tuple[str, ...]:
    if story != "all":
        return (story,)
    return (_SPOKEN[seed % len(_SPOKEN)],) if voice else _STORIES


def _require_sandbox() -> None:
    missing = [name for name in _OF_THE_SANDBOX if find_spec(name) is None]
    if missing:
        raise click.ClickException(
            f"The phone world needs {', '.join(missing)}: pip install 'floyd[sandbox]'"
        )
