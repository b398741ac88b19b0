"""What drives a core: events and the passing of time in, commands out; it never waits.

Due timers fire after every event, and a core asks to be woken at the next one.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from floyd.calls.timers import Timers
from floyd.calls.vocabulary import Command, Event, TimePassed, WakeAt


class Clockwork:
    """Runs the handlers of a core, which names them in `HANDLERS` and `ALARMS`."""

    HANDLERS: ClassVar[Mapping[type, Callable[[Any, Any], None]]]
    ALARMS: ClassVar[Mapping[str, Callable[[Any], None]]]

    def __init__(self) -> None:
        self._now = 0.0
        self._over = False
        self._timers = Timers()
        self._wake_s: float | None = None
        self._commands: list[Command] = []

    def handle(self, event: Event, now_s: float) -> list[Command]:
        """Return what to do about an event.

        Args:
            event: what happened.
            now_s: seconds since the media stream began; never less than before.
        """
        self._now = max(now_s, self._now)
        self._commands = []
        if isinstance(event, TimePassed):
            self._wake_s = None
        elif self._minds(event):
            self.HANDLERS[type(event)](self, event)
        while not self._over and (name := self._timers.due(self._now)):
            self.ALARMS[name](self)
        if not self._over and self._timers.next_s not in (None, self._wake_s):
            self._wake_s = self._timers.next_s
            self._do(WakeAt(self._wake_s))
        return self._commands

    def _minds(self, event: Event) -> bool:
        """Say whether an event still matters."""
        raise NotImplementedError

    def _do(self, command: Command) -> None:
        self._commands.append(command)
