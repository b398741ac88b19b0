"""Faults on demand: an exchange with the outside asks by name whether it should go wrong."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from uuid import uuid4

from floyd.sandbox.records import Records


class FaultAction(StrEnum):
    """How an exchange goes wrong.

    The first four are for API requests (the model's know no `after`: to answer is all that they
    do), the others for webhooks.
    """

    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    HOLD_BEFORE = "hold_before"
    HOLD_AFTER = "hold_after"
    DROP = "drop"
    DUPLICATE = "duplicate"
    DELAY = "delay"


@dataclass
class Fault:
    """The next exchanges whose name matches go wrong.

    Attributes:
        match: a pattern with * for the name: `POST Calls`, `POST Calls/*`, `GET Messages`,
            `webhook sms`, `callback call completed`, `callback message delivered`,
            `callback amd`, `callback stream stream-stopped`, `socket`, `chat Plan`, `chat reply`.
        action: what happens; before and after mean before and after it was accepted.
        status: the HTTP status of an error.
        code: Twilio's code of an error, where the status does not say it.
        delay_s: how late a delayed webhook is; others overtake it meanwhile.
        copies: how many more of a duplicated webhook are sent, all at once.
        times: how many exchanges it takes.
    """

    match: str
    action: FaultAction
    status: int = 500
    code: int | None = None
    delay_s: float = 5.0
    copies: int = 1
    times: int = 1

    def __post_init__(self) -> None:
        self.action = FaultAction(self.action)


class Faults:
    """The faults still to come, and the responses that are held."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._pending: list[Fault] = []
        self._holds: dict[str, asyncio.Event] = {}

    def add(self, fault: Fault) -> None:
        """Let the next matching exchanges go wrong."""
        self._pending.append(fault)

    def take(self, name: str, actions: Iterable[FaultAction] = FaultAction) -> Fault | None:
        """The fault that hits this exchange, used up by it."""
        for fault in self._pending:
            if fault.action in actions and fnmatchcase(name, fault.match):
                fault.times -= 1
                if fault.times <= 0:
                    self._pending.remove(fault)
                self._records.add("fault", name=name, action=fault.action)
                return fault
        return None

    async def hold(self, name: str) -> None:
        """Wait until the hold is released; a record `fault.held` tells its id."""
        hold_id, released = uuid4().hex, asyncio.Event()
        self._holds[hold_id] = released
        self._records.add("fault.held", name=name, hold=hold_id)
        await released.wait()

    def release(self, hold_id: str | None = None) -> int:
        """Let one held response go, or all of them; says how many."""
        chosen = [hold_id] if hold_id else list(self._holds)
        released = [self._holds.pop(each) for each in chosen if each in self._holds]
        for event in released:
            event.set()
        return len(released)

    def clear(self) -> None:
        """Forget the pending faults and release all that is held."""
        self._pending.clear()
        self.release()
