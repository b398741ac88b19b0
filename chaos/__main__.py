"""`python -m chaos`: errands of all kinds while processes are killed; exit code 1 if any is lost.

What is left of a run, its logs and its database, stays in `var/chaos` until the next one.
"""

import shutil
import signal
import sys
from pathlib import Path
from types import FrameType

import click

from chaos import schedule
from chaos.conductor import SCALE, Conductor, standing_world
from chaos.tally import tally
from chaos.verdict import wrong
from floyd.run.data_dir import occupied
from floyd.run.until_stopped import STOPPED
from floyd.store.database import database

_PLACE = Path("var/chaos")


@click.command()
@click.option("--seed", default=0, show_default=True, help="Decides who is killed when.")
@click.option("--seconds", default=600.0, show_default=True, help="How long processes die.")
def main(seed: int, seconds: float) -> None:
    """Let errands of all kinds end well while Floyd's processes are killed at random."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    _print_schedule(seed, seconds)
    try:
        with occupied(_PLACE):
            found = _run(seed, seconds)
    except KeyboardInterrupt:
        click.echo("stopped")
        sys.exit(STOPPED)
    sys.exit(1 if found else 0)


def _stop(number: int, frame: FrameType | None) -> None:
    """End the run; what clears up after it is not interrupted again."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _print_schedule(seed: int, seconds: float) -> None:
    kills = schedule.kills(seed, seconds)
    click.echo(
        f"seed {seed}: {schedule.errands(seconds)} errands, {len(kills)} kills in {seconds:.0f} s, "
        f"{SCALE:g} times as fast as life"
    )
    for kill in kills:
        click.echo(f"  at {kill.at_s:5.1f} s  {kill}")


def _run(seed: int, seconds: float) -> list[str]:
    """Play a seed and tell how it went; return what is wrong."""
    directory = (_PLACE / "world").resolve()
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    try:
        with standing_world(directory) as world:
            conductor = Conductor(world, seed, seconds, click.echo)
            seen, wanted = conductor.run(), conductor.wanted()
    finally:
        database.close()
    click.echo("\n".join(tally(seen, wanted, conductor.killed)))
    found = wrong(seen, wanted)
    click.echo("\n".join(found) if found else "Nothing is lost and nothing is doubled.")
    if found:
        click.echo(f"again: make chaos SEED={seed} SECONDS_TO_RUN={seconds:g}")
    return found


if __name__ == "__main__":
    main()
