"""The conversation so far, by position: what the model reads and the database keeps; pure."""

from collections.abc import Iterable

from floyd.calls.vocabulary import Speaker, Turn


class Transcript:
    """An ordered record whose entries can still be corrected.

    Args:
        earlier: what was said before, by position.
        first_position: where new entries begin at the earliest.
    """

    def __init__(self, earlier: Iterable[tuple[int, Turn]] = (), first_position: int = 0) -> None:
        # In order of their positions, as new ones only come behind.
        self._entries: dict[int, Turn] = dict(sorted(earlier, key=lambda entry: entry[0]))
        self._next = max(first_position, max(self._entries, default=-1) + 1)

    def add(self, speaker: Speaker, text: str) -> int:
        """Append an entry, empty if its words are still to come, and return its position."""
        position = self._next
        self._next += 1
        self._entries[position] = Turn(speaker, text)
        return position

    def replace(self, position: int, text: str) -> None:
        """Correct the words of an entry."""
        self._entries[position] = Turn(self._entries[position].speaker, text)

    def turns(self) -> tuple[Turn, ...]:
        """Return what was said, in order, without the entries that have no words."""
        return tuple(turn for turn in self._entries.values() if turn.text)

    def said_by(self, speaker: Speaker) -> str:
        """Return all words of one side."""
        return " ".join(turn.text for turn in self.turns() if turn.speaker == speaker)
