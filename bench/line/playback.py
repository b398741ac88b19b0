"""What Floyd sends to be played, as the phone company plays it; pure.

Nothing is really played: sound that is queued at a time plays from then on or from when the queue
before it is through, and a mark is reached when what was queued before it has played.
"""

from dataclasses import dataclass

LONGEST_GAP_S = 0.03


@dataclass(frozen=True)
class QueuedMark:
    """A mark, and when the sound before it will have played."""

    name: str
    at_s: float


class Playback:
    """One stream's playback buffer."""

    def __init__(self) -> None:
        self.ends_s = 0.0
        self._marks: list[QueuedMark] = []

    def play(self, seconds: float, now_s: float) -> float:
        """Queue sound; return for how long the line was silent before it."""
        silent_s = max(0.0, now_s - self.ends_s)
        self.ends_s = max(self.ends_s, now_s) + seconds
        return silent_s

    def mark(self, name: str, now_s: float) -> QueuedMark:
        """Queue a mark."""
        queued = QueuedMark(name, max(self.ends_s, now_s))
        self._marks.append(queued)
        return queued

    def reached(self, queued: QueuedMark) -> bool:
        """Take a mark whose time has come; False when it was cleared meanwhile."""
        if queued not in self._marks:
            return False
        self._marks.remove(queued)
        return True

    def is_quiet(self, now_s: float) -> bool:
        """Say whether all that was queued has played."""
        return self.ends_s <= now_s

    def clear(self, now_s: float) -> list[str]:
        """Empty the buffer; return its marks, which Twilio sends back at once."""
        self.ends_s = min(self.ends_s, now_s)
        marks, self._marks = self._marks, []
        return [queued.name for queued in marks]
