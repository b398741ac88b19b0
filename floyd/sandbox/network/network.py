"""Numbers and what is behind them: phones, and the texts that users' phones sent and received."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.network.phones import Phone
from floyd.sandbox.records import Records


@dataclass(frozen=True)
class Text:
    """A text message on somebody's phone; `direction` is `in` or `out` as that phone sees it."""

    number: int
    direction: str
    peer: str
    body: str
    sid: str
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """The text as JSON values."""
        return asdict(self) | {"at": self.at.isoformat()}


class Network:
    """All phones, by their number in E.164."""

    def __init__(self, clock: SandboxClock, records: Records) -> None:
        self._clock = clock
        self._records = records
        self._phones: dict[str, Phone] = {}
        self._threads: dict[str, list[Text]] = {}

    def connect(self, number: str, phone: Phone) -> None:
        """Give a number to a phone, in place of whatever had it."""
        self._phones[number] = phone

    def phone(self, number: str) -> Phone | None:
        """The phone behind a number; None when nobody owns it."""
        return self._phones.get(number)

    def disconnect_all(self) -> None:
        """Take all numbers away."""
        self._phones.clear()

    def thread(self, owner: str) -> list[Text]:
        """The texts on somebody's phone, oldest first."""
        return list(self._threads.get(owner, ()))

    def note_text(self, owner: str, direction: str, peer: str, body: str, sid: str) -> Text:
        """Show a text on its owner's phone; a record `text` tells of it."""
        thread = self._threads.setdefault(owner, [])
        text = Text(len(thread) + 1, direction, peer, body, sid, self._clock.now())
        thread.append(text)
        self._records.add("text", owner=owner, **text.as_json())
        return text

    def clear_threads(self) -> None:
        """Empty all threads."""
        self._threads.clear()
