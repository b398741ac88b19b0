"""What the callee has heard of Floyd: sound sent and marks returned in, heard words out; pure.

The phone company plays what it was sent one after the other and returns a mark when the sound
before it has played. `clear` empties its buffer and returns the marks in it as well: those count
for nothing.
"""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heard:
    """A clause as it was heard: all of its text, or the beginning of it."""

    reply: int
    clause: int
    text: str
    whole: bool
    started_s: float


@dataclass(slots=True)
class _Queued:
    reply: int
    clause: int
    text: str
    starts_s: float
    duration_s: float = 0.0
    mark: str | None = None


class Playback:
    """The queue at the phone company, as far as we can know it."""

    def __init__(self) -> None:
        self._queue: deque[_Queued] = deque()
        self._free_s = 0.0

    @property
    def playing(self) -> bool:
        """Something was sent that has not been heard to its end."""
        return bool(self._queue)

    def sent(self, reply: int, clause: int, text: str, duration_s: float, now_s: float) -> None:
        """Note that sound of a clause was sent."""
        starts_s = max(now_s, self._free_s)
        last = self._queue[-1] if self._queue else None
        if last is None or (last.reply, last.clause) != (reply, clause):
            last = _Queued(reply, clause, text, starts_s)
            self._queue.append(last)
        last.text = text
        last.duration_s += duration_s
        self._free_s = starts_s + duration_s

    def marked(self, reply: int, clause: int, mark: str) -> None:
        """Note that a clause is complete and a mark was sent behind it."""
        for queued in self._queue:
            if (queued.reply, queued.clause) == (reply, clause):
                queued.mark = mark

    def reached(self, mark: str) -> list[Heard]:
        """Return the clauses that have been heard whole, now that a mark came back."""
        if not any(queued.mark == mark for queued in self._queue):
            return []
        heard = []
        while True:
            queued = self._queue.popleft()
            heard.append(Heard(queued.reply, queued.clause, queued.text, True, queued.starts_s))
            if queued.mark == mark:
                return heard

    def cut(self, now_s: float) -> list[Heard]:
        """Empty the queue and return what was heard of the clause that was playing."""
        heard = []
        for queued in self._queue:
            if queued.starts_s < now_s:
                heard.append(_beginning(queued, now_s - queued.starts_s))
        self._queue.clear()
        self._free_s = now_s
        return [part for part in heard if part.text]


def _beginning(queued: _Queued, played_s: float) -> Heard:
    words = queued.text.split()
    share = min(1.0, played_s / queued.duration_s) if queued.duration_s else 0.0
    count = int(share * len(words)) if queued.mark or share < 1 else len(words)
    text = " ".join(words[:count])
    return Heard(queued.reply, queued.clause, text, False, queued.starts_s)
