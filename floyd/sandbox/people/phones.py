"""The phones of people and machines: they listen with ears, speak with voices, and note down."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.network import tones
from floyd.sandbox.network.line import Line
from floyd.sandbox.network.phones import Answer
from floyd.sandbox.network.transcript import Utterance
from floyd.sandbox.people.manner import Manner
from floyd.sandbox.people.mind import Mind, Reply
from floyd.sandbox.people.order_books import OrderBooks
from floyd.sandbox.people.turn_taking import Happening, Interrupted, TurnHeard, TurnTaking
from floyd.sandbox.sound import Clip, HeardWord, Voices
from floyd.sandbox.sound.clip import BYTES_PER_MS

LEAVES_AFTER_MS = 3000
GONE_AFTER_MS = 600
PICKS_UP_MS = 400


@dataclass(frozen=True)
class Household:
    """What all people and machines of the sandbox share."""

    clock: SandboxClock
    voices: Voices
    order_books: OrderBooks
    seed: int


class PersonPhone:
    """A phone with a person beside it.

    Args:
        name: what sets the seed apart from others' seeds.
        begin: the person's mind for one call.
        book: where agreements are noted; only those who agree to something need one.
    """

    is_machine = False
    takes_texts = False

    def __init__(
        self,
        household: Household,
        manner: Manner,
        name: str,
        begin: Callable[[random.Random], Mind],
        *,
        book: str = "",
    ) -> None:
        self._household = household
        self._manner = manner
        self._name = name
        self._begin = begin
        self._book = book
        self._calls = 0

    async def ring(self, ring_s: float) -> Answer:
        """Pick up after as many rings as this person needs."""
        await self._household.clock.sleep(self._manner.rings * ring_s)
        return Answer.PICKED_UP

    async def talk(self, line: Line, call_sid: str) -> None:
        """Hold one conversation."""
        self._calls += 1
        draw = random.Random(f"{self._household.seed} {self._name} {self._calls}")
        talk = _Talk(self._household, self._manner, self._begin(draw), line, self._book)
        await talk.run(call_sid)


class _Talk:
    """One conversation at a phone: moves words between the line and the person's mind."""

    def __init__(
        self, household: Household, manner: Manner, mind: Mind, line: Line, book: str
    ) -> None:
        self._household = household
        self._manner = manner
        self._mind = mind
        self._line = line
        self._book = book
        self._clip: Clip | None = None
        self._utterance: Utterance | None = None
        self._leaves_at_ms: int | None = None
        self._pending: dict[str, str] | None = None

    async def run(self, call_sid: str) -> None:
        ears = self._household.voices.ears()
        manner = self._manner
        turns = TurnTaking(manner.patience_ms, manner.silence_ms, manner.yields_after_ms)
        self._line.mouth.say(tones.silence(PICKS_UP_MS))
        await self._answer(self._mind.greet())
        async for frame in self._line.frames():
            heard = ears.hear(frame)
            self._write_down(heard)
            i_speak = self._line.mouth.speaking
            now_ms = ears.position_ms
            happening = turns.on_frame(now_ms, heard, they_speak=ears.speaking, i_speak=i_speak)
            if happening is not None:
                await self._react(happening)
            if not self._line.mouth.speaking:
                self._note_agreement(call_sid)
                if self._leaves_at_ms is not None and now_ms >= self._leaves_at_ms:
                    return

    async def _react(self, happening: Happening) -> None:
        if isinstance(happening, Interrupted):
            self._give_way()
            return
        if isinstance(happening, TurnHeard):
            await self._answer(self._mind.on_turn(happening.text))
        else:
            await self._answer(self._mind.on_silence())

    async def _answer(self, reply: Reply | None) -> None:
        if reply is None:
            return
        clip = await self._speak(reply)
        start_ms = self._line.mouth.ends_at_ms(self._line.position_ms)
        self._line.mouth.say(clip.mulaw)
        end_ms = self._line.mouth.ends_at_ms(self._line.position_ms)
        self._clip = clip
        self._utterance = self._line.transcript.spoke(reply.text, start_ms, end_ms)
        self._pending = reply.agreement or self._pending
        if reply.leaves:
            self._leaves_at_ms = end_ms + (GONE_AFTER_MS if reply.unsaid else LEAVES_AFTER_MS)

    async def _speak(self, reply: Reply) -> Clip:
        """Voice a reply up to where its sentence breaks off, if it does."""
        clip = await self._household.voices.speak(
            f"{reply.text} {reply.unsaid}".strip(),
            self._manner.voice,
            words_per_minute=self._manner.words_per_minute,
        )
        if not reply.unsaid:
            return clip
        said = clip.words[: len(reply.text.split())]
        return Clip(reply.text, said, clip.mulaw[: said[-1].end_ms * BYTES_PER_MS])

    def _give_way(self) -> None:
        """Stop in mid-sentence; the transcript keeps the words that were said in full."""
        unsaid_ms = self._line.mouth.hush()
        if self._clip is None or self._utterance is None:
            return
        said_ms = self._clip.duration_ms - unsaid_ms
        said = (word.text for word in self._clip.words if word.end_ms <= said_ms)
        self._utterance.text = " ".join(said)
        self._utterance.end_ms -= unsaid_ms

    def _note_agreement(self, call_sid: str) -> None:
        """An agreement holds as soon as it has been said, also when it was spoken over."""
        if self._pending is not None:
            self._household.order_books.write(self._book, call_sid, **self._pending)
            self._pending = None

    def _write_down(self, heard: list[HeardWord]) -> None:
        for word in heard:
            self._line.transcript.heard(word)


class VoicemailPhone:
    """An answering machine: a greeting, a beep, and a message that it keeps."""

    is_machine = True
    takes_texts = False

    def __init__(
        self, household: Household, *, greeting: str, voice: str, rings: int, max_s: float
    ) -> None:
        self._household = household
        self._greeting = greeting
        self._voice = voice
        self._rings = rings
        self._max_ms = max_s * 1000

    async def ring(self, ring_s: float) -> Answer:
        """Pick up after some rings, as nobody else does."""
        await self._household.clock.sleep(self._rings * ring_s)
        return Answer.PICKED_UP

    async def talk(self, line: Line, call_sid: str) -> None:
        """Play the greeting and the beep, then record."""
        clip = await self._household.voices.speak(self._greeting, self._voice)
        line.mouth.say(tones.silence(PICKS_UP_MS) + clip.mulaw + tones.silence(300) + tones.beep())
        line.transcript.spoke(self._greeting, PICKS_UP_MS, PICKS_UP_MS + clip.duration_ms)
        ears = self._household.voices.ears()
        message: list[str] = []
        async for frame in line.frames():
            for word in ears.hear(frame):
                line.transcript.heard(word)
                if line.beeped.is_set():
                    message.append(word.text)
                    text = " ".join(message)
                    self._household.order_books.write("voicemails", call_sid, message=text)
            if not line.mouth.speaking:
                line.beeped.set()
            if ears.position_ms > self._max_ms:
                return


class SilentPhone:
    """Picks up and says nothing."""

    is_machine = False
    takes_texts = False

    def __init__(self, household: Household, *, rings: int) -> None:
        self._household = household
        self._rings = rings

    async def ring(self, ring_s: float) -> Answer:
        """Pick up after some rings."""
        await self._household.clock.sleep(self._rings * ring_s)
        return Answer.PICKED_UP

    async def talk(self, line: Line, call_sid: str) -> None:
        """Listen without a word until the other side hangs up."""
        ears = self._household.voices.ears()
        async for frame in line.frames():
            for word in ears.hear(frame):
                line.transcript.heard(word)
