"""Kills processes as a schedule has it, and has them come back."""

from collections import deque
from collections.abc import Callable, Sequence

import click

from chaos.schedule import Kill
from chaos.world import World


class Reaper:
    """Does what is due each time that it is told the time.

    Args:
        world: whose processes die.
        kills: the schedule.
        tell: told each kill.
    """

    def __init__(self, world: World, kills: Sequence[Kill], tell: Callable[[str], None]) -> None:
        self._world = world
        self._tell = tell
        self._coming = deque(kills)
        self._returns: dict[str, float] = {}
        self.killed: list[Kill] = []

    @property
    def is_done(self) -> bool:
        """Nobody will be killed any more, and all are back."""
        return not self._coming and not self._returns

    def act(self, now_s: float) -> None:
        """Do what is due, real seconds after the start."""
        for name in [name for name, at_s in self._returns.items() if at_s <= now_s]:
            del self._returns[name]
            self._world.start(name)
        # Any supervisor does the same for what has ended by itself.
        self._world.revive()
        while self._coming and self._coming[0].at_s <= now_s:
            self._kill(self._coming.popleft())

    def _kill(self, kill: Kill) -> None:
        self._tell(click.style(f"KILL {kill}", fg="red"))
        if kill.loss:
            self._world.sandbox.change_conditions(twilio={"on_socket_loss": kill.loss})
        self._world.kill(kill.process)
        if kill.emptied:
            self._world.empty_redis()
        self._returns[kill.process] = kill.at_s + kill.gone_s
        self.killed.append(kill)
