"""Where a demo is seen: side by side on a terminal, line by line in a pipe, or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.live import Live

from floyd.watching.lines import Lines
from floyd.watching.picture import Picture
from floyd.watching.screen import screen


class Stage(Protocol):
    """Shows pictures as they change."""

    def show(self, picture: Picture) -> None:
        """Show what has happened so far."""

    def end(self, picture: Picture) -> None:
        """Leave the whole of it behind."""


@contextmanager
def stage(title: str, *, brief: bool) -> Iterator[Stage]:
    """Yield the stage that suits standard output; a brief one shows nothing."""
    console = Console()
    if brief:
        yield _Unseen()
        return
    if not console.is_terminal:
        console.print(title, highlight=False)
        yield _Printed(console)
        return
    with Live(console=console, refresh_per_second=10, transient=True) as live:
        yield _Live(live, title)


def print_lines(picture: Picture) -> None:
    """Print a whole picture, line by line."""
    _Printed(Console()).end(picture)


class _Unseen:
    def show(self, picture: Picture) -> None:
        pass

    end = show


class _Printed:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._lines = Lines()

    def show(self, picture: Picture) -> None:
        for line in self._lines.new(picture):
            self._console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)

    end = show


class _Live:
    def __init__(self, live: Live, title: str) -> None:
        self._live = live
        self._title = title

    def show(self, picture: Picture) -> None:
        self._live.update(screen(picture, self._title))

    def end(self, picture: Picture) -> None:
        self._live.console.print(screen(picture, self._title, whole=True))
