"""What people noted down on the phone: the truth about what was agreed."""

from typing import Any

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.records import Records

Entry = dict[str, Any]


class OrderBooks:
    """Books by name; a call has at most one entry in each, which a correction replaces."""

    def __init__(self, clock: SandboxClock, records: Records) -> None:
        self._clock = clock
        self._records = records
        self._books: dict[str, dict[str, Entry]] = {}

    def write(self, book: str, call_sid: str, **agreed: Any) -> None:
        """Note down what was agreed in a call."""
        entry = agreed | {"call": call_sid, "at": self._clock.now().isoformat()}
        self._books.setdefault(book, {})[call_sid] = entry
        self._records.add("order", book=book, **entry)

    def entries(self, book: str) -> list[Entry]:
        """A book's entries, oldest first."""
        return list(self._books.get(book, {}).values())

    def all(self) -> dict[str, list[Entry]]:
        """Every book that has entries."""
        return {book: self.entries(book) for book in self._books}

    def clear(self) -> None:
        """Throw all books away."""
        self._books.clear()
