"""A callee who picks up, listens and talks in turns, and takes down how Floyd kept up with it."""

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.conversation import reply_to
from bench.ear import CalleesEar, Turn
from bench.figures import Lag
from bench.line.media_line import LineLost, MediaLine, Spoken, StreamStart
from bench.speech import SILENCE, Utterance, Vocabulary, alone

# A reply that has not begun by then, or is not over, is counted as missed.
REPLY_BEGINS_WITHIN_S = 5.0
REPLY_IS_OVER_WITHIN_S = 15.0
CLEARED_WITHIN_S = 3.0
DISTURBED_WITHIN_S = 1.5
_PICKS_UP_S = (0.3, 0.6)
_THINKS_S = (0.4, 0.9)
_INTERRUPTS_AFTER_S = (0.8, 1.6)
_DISTURBS_AFTER_S = (0.8, 1.6)


@dataclass
class Notes:
    """What a callee has to tell; milliseconds unless they say otherwise."""

    openings: list[float] = field(default_factory=list)
    replies: list[tuple[float, float]] = field(default_factory=list)
    barge_ins: list[float] = field(default_factory=list)
    paused: int = 0
    false_cuts: list[str] = field(default_factory=list)
    disturbances: int = 0
    disturbed: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    fillers: int = 0

    def add(self, other: "Notes") -> None:
        """Take over what another has to tell."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Callee:
    """One callee on one line.

    Args:
        number: of the order that it talks of; no other callee of the time has it.
        start: how its stream is opened.
        opening: Floyd's introduction and first line.
        vocabulary: what it can say.
        lag: takes down how late its frames were sent.
        background: what sounds while it is silent.
    """

    def __init__(
        self,
        number: int,
        start: StreamStart,
        opening: str,
        vocabulary: Vocabulary,
        lag: Lag,
        background: Iterable[bytes] = (SILENCE,),
    ) -> None:
        self.notes = Notes()
        self.number = number
        self._opening = opening
        self._vocabulary = vocabulary
        self._draw = random.Random(f"callee {number}")
        self._ear = CalleesEar()
        self._line = MediaLine(start, self._ear, lag, background)
        self._turns = 0

    async def pick_up(self) -> None:
        """Open the line, say hello, and hear Floyd out.

        Raises:
            LineLost: the line could not be opened, or broke.
        """
        await self._line.open()
        await self._wait(_PICKS_UP_S)
        turn = await self._say(alone(self._vocabulary.greeting), self._opening)
        if await self._begins(turn) and turn.reply_ms is not None:
            self.notes.openings.append(turn.reply_ms)
            await self._ends(turn)

    async def say(self, utterance: Utterance) -> bool:
        """Say something and hear the answer out; False when none came.

        Raises:
            LineLost: the line broke.
        """
        await self._wait(_THINKS_S)
        turn = await self._say(utterance, reply_to(utterance.text))
        self._judge_patience(utterance, turn)
        return await self._hear_out(turn)

    async def order(self) -> bool:
        """Say what the order needs next and hear the answer out; False when none came."""
        return await self.say(self._vocabulary.needs(self.number, self._next()))

    async def order_briefly(self) -> bool:
        """The same, with a brief answer."""
        return await self.say(self._vocabulary.wants(self.number, self._next()))

    async def order_and_interrupt(self) -> bool:
        """Say what the order needs, and break into the answer with what else it needs."""
        await self._wait(_THINKS_S)
        utterance = self._vocabulary.needs(self.number, self._next())
        turn = await self._say(utterance, reply_to(utterance.text))
        if not await self._hears_begin(turn):
            return False
        await self._wait(_INTERRUPTS_AFTER_S)
        self._note_sound(turn)
        utterance = self._vocabulary.interruption(self.number, self._next())
        turn = self._ear.expect(reply_to(utterance.text))
        speaking = asyncio.create_task(self._speak(utterance))
        cleared = await self._ear.is_cleared(CLEARED_WITHIN_S)
        spoken = await speaking
        if cleared:
            self.notes.barge_ins.append((turn.clears[0] - spoken.first_s) * 1000)
        else:
            self._miss("an interruption was not heard")
        return await self._hear_out(turn)

    async def order_and_disturb(self, what: str, frames: Iterable[bytes]) -> None:
        """Say what the order needs, and make a sound into the answer that is no interruption."""
        await self._wait(_THINKS_S)
        utterance = self._vocabulary.needs(self.number, self._next())
        turn = await self._say(utterance, reply_to(utterance.text))
        if not await self._hears_begin(turn):
            return
        await self._wait(_DISTURBS_AFTER_S)
        await self._line.speak(frames)
        self.notes.disturbances += 1
        if await self._ear.is_cleared(DISTURBED_WITHIN_S):
            self.notes.disturbed.append(what)
            self._note_sound(turn)
        else:
            await self._ends(turn)

    async def hang_up(self) -> None:
        """Leave."""
        await self._line.hang_up()

    def _next(self) -> int:
        self._turns += 1
        return self._turns - 1

    async def _say(self, utterance: Utterance, expected: str) -> Turn:
        turn = self._ear.expect(expected)
        await self._speak(utterance)
        return turn

    async def _speak(self, utterance: Utterance) -> Spoken:
        spoken = await self._line.speak(utterance.frames)
        self._ear.callee_is_done(spoken.last_s)
        return spoken

    def _judge_patience(self, utterance: Utterance, turn: Turn) -> None:
        if utterance.paused:
            self.notes.paused += 1
            if turn.interrupting:
                self.notes.false_cuts.append(utterance.text)

    async def _hear_out(self, turn: Turn) -> bool:
        """Listen until the answer is over; False when it did not come, or not whole."""
        return await self._hears_begin(turn) and await self._ends(turn)

    async def _hears_begin(self, turn: Turn) -> bool:
        begins = await self._begins(turn)
        if turn.reply_ms is not None and turn.asked_s is not None:
            self.notes.replies.append((turn.asked_s, turn.reply_ms))
        return begins

    async def _begins(self, turn: Turn) -> bool:
        if self._line.lost.done():
            raise LineLost("Floyd closed the socket")
        begins = await self._ear.reply_begins(REPLY_BEGINS_WITHIN_S)
        if not begins:
            self._miss(f"nothing of {turn.expected!r}")
        return begins

    async def _ends(self, turn: Turn) -> bool:
        over = await self._ear.reply_is_over(REPLY_IS_OVER_WITHIN_S)
        self._note_sound(turn)
        if not over:
            self._miss(f"{turn.said} of {turn.expected!r}")
        return over

    def _miss(self, what: str) -> None:
        self.notes.missed.append(f"order {self.number}: {what}")

    def _note_sound(self, turn: Turn) -> None:
        self.notes.gaps += [gap * 1000 for gap in turn.gaps]
        self.notes.fillers += len(turn.fillers)
        if set(turn.orders) - {self.number}:
            self.notes.crossed.append(f"order {self.number}: {turn.said} not {turn.expected!r}")

    async def _wait(self, between_s: tuple[float, float]) -> None:
        await asyncio.sleep(self._draw.uniform(*between_s))
