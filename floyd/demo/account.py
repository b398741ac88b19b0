"""What became of a story: shown in full, or in one line while all goes well."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from floyd.demo.judge import Point
from floyd.demo.stage import print_lines
from floyd.watching import reply_times
from floyd.watching.picture import Picture


@dataclass(frozen=True)
class Play:
    """A story of floyd.sandbox.scenario and the seed that its names, facts and wording come of."""

    story: str
    seed: int

    def __str__(self) -> str:
        return f"{self.story} {self.seed}"


@dataclass(frozen=True)
class Account:
    """How a play went.

    Attributes:
        points: the verdict.
        picture: what was to be seen.
        recordings: both sides of every call.
        took_s: real seconds.
        is_over: whether Floyd came to rest, so that another story can begin in its world.
    """

    points: Sequence[Point]
    picture: Picture
    recordings: Sequence[Path]
    took_s: float
    is_over: bool

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return all(point.is_right for point in self.points)


def tell(account: Account) -> None:
    """Print the verdict on every point, and what there is to listen to."""
    _print_points(account.points)
    if times := reply_times.in_words(account.picture.replies):
        click.echo(f"  {times}")
    click.echo(f"  recorded: {', '.join(map(str, account.recordings)) or 'nothing'}")


def tell_briefly(play: Play, account: Account, options: str) -> None:
    """Print one line; and everything, with the way to see it again, if something is wrong.

    Args:
        play: what was played.
        account: how that went.
        options: those of the command with which it was played so.
    """
    click.echo(f"{_mark(account.is_right)}  {play} ({account.took_s:.0f} s)")
    if not account.is_right:
        print_lines(account.picture)
        tell(account)
        again = f"floyd demo --story {play.story} --seed {play.seed} {options}"
        click.secho(f"  again: {again}", bold=True)


def _print_points(points: Sequence[Point]) -> None:
    for point in points:
        click.echo(f"  {_mark(point.is_right)}  {point.what}: {point.seen}")


def _mark(is_right: bool) -> str:
    return click.style("right", fg="green") if is_right else click.style("WRONG", fg="red")
