"""A callee's ear: Floyd's sound in, what was said and how promptly out; pure but for its events.

It reads the words out of the sound and knows which reply is expected, and so tells the reply from a
filler and a whole reply from a part of it.
"""

import asyncio
from dataclasses import dataclass, field

from bench.conversation import orders_in
from bench.line.playback import LONGEST_GAP_S
from bench.written_sound import Reader
from floyd.calls import phrases
from floyd.sandbox.sound.mulaw import loud_bytes

STANDING_PHRASES = frozenset(phrases.KEPT)


@dataclass
class Turn:
    """What was heard since the callee began to speak last.

    Attributes:
        expected: the words that Floyd is to say.
        asked_s: when the callee's last frame was sent; None while the callee speaks.
        began_s: when the first sound of the answer came.
        interrupting: sounds of Floyd that came while the callee was not done.
        said: clauses of the answer, as far as they were not taken back.
        gaps: silences inside the answer, in seconds.
        fillers: standing phrases that came before the answer.
        clears: when Floyd took back what it was saying.
    """

    expected: str
    asked_s: float | None = None
    began_s: float | None = None
    interrupting: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    fillers: list[str] = field(default_factory=list)
    clears: list[float] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """All words have come."""
        return " ".join(self.said) == self.expected

    @property
    def orders(self) -> list[int]:
        """The orders that Floyd spoke of."""
        return orders_in(" ".join(self.said))

    @property
    def reply_ms(self) -> float | None:
        """From the callee's last frame to the answer's first sound."""
        if self.began_s is None or self.asked_s is None:
            return None
        return (self.began_s - self.asked_s) * 1000


class CalleesEar:
    """Listens on one line."""

    def __init__(self) -> None:
        self.turn = Turn("")
        self._reader = Reader()
        self._filling = False
        self._began = asyncio.Event()
        self._over = asyncio.Event()
        self._cleared = asyncio.Event()

    def expect(self, words: str) -> Turn:
        """Begin a turn: the callee is about to speak, or for the opening to listen."""
        self.turn = Turn(words)
        self._filling = False
        for event in (self._began, self._over, self._cleared):
            event.clear()
        return self.turn

    def callee_is_done(self, at_s: float) -> None:
        """The callee's last frame was sent: what begins from now on is the answer."""
        self.turn.asked_s = at_s

    async def reply_begins(self, within_s: float) -> bool:
        """Wait for the first sound of the answer; False when none came in time."""
        return await _happens(self._began, within_s)

    async def reply_is_over(self, within_s: float) -> bool:
        """Wait until all of the answer has played; False when that did not happen in time."""
        return await _happens(self._over, within_s)

    async def is_cleared(self, within_s: float) -> bool:
        """Wait until Floyd takes back what it was saying."""
        return await _happens(self._cleared, within_s)

    def sound(self, mulaw: bytes, at_s: float, silent_s: float) -> None:
        """Take in a piece of Floyd's sound."""
        texts = self._reader.feed(mulaw)
        if not loud_bytes(mulaw):
            return
        turn = self.turn
        if turn.asked_s is None:
            turn.interrupting.append(at_s)
            return
        if texts:
            self._filling = texts[-1] in STANDING_PHRASES
            turn.fillers += [text for text in texts if text in STANDING_PHRASES]
            turn.said += [text for text in texts if text not in STANDING_PHRASES]
        if self._filling or not turn.said:
            return
        if turn.began_s is None:
            turn.began_s = at_s
            self._began.set()
        elif silent_s > LONGEST_GAP_S:
            turn.gaps.append(silent_s)

    def fell_silent(self) -> None:
        """Note that all that was sent until now has played."""
        if self.turn.complete:
            self._over.set()

    def clear(self, at_s: float) -> None:
        """Note that Floyd took back what has not played; it may say it anew."""
        self.turn.clears.append(at_s)
        self.turn.said.clear()
        self._cleared.set()


async def _happens(event: asyncio.Event, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await event.wait()
    except TimeoutError:
        return False
    return True
