"""The phones of people and machines: they listen with ears, speak with voices, and note down."""

import random
from dataclasses import dataclass

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.network import tones
from floyd.sandbox.network.line import Line
from floyd.sandbox.network.phones import Answer
from floyd.sandbox.network.transcript import Utterance
from floyd.sandbox.people.conversation import Conversation, Reply
from floyd.sandbox.people.order_books import OrderBooks
from floyd.sandbox.people.person import Person
from floyd.sandbox.people.turn_taking import Happening, Interrupted, TurnHeard, TurnTaking
from floyd.sandbox.sound import Clip, HeardWord, Voices

LEAVES_AFTER_MS = 3000
PICKS_UP_MS = 400


@dataclass(frozen=True)
class Household:
    """What all people and machines of the sandbox share."""

    clock: SandboxClock
    voices: Voices
    order_books: OrderBooks
    seed: int


class PersonPhone:
    """A phone with a person beside it."""

    is_machine = False
    takes_texts = False

    def __init__(self, household: Household, person: Person) -> None:
        self._household = household
        self._person = person
        self._calls = 0

    async def ring(self, ring_s: float) -> Answer:
        """Pick up after as many rings as this person needs."""
        await self._household.clock.sleep(self._person.rings * ring_s)
        return Answer.PICKED_UP

    async def talk(self, line: Line, call_sid: str) -> None:
        """Hold one conversation."""
        self._calls += 1
        draw = random.Random(f"{self._household.seed} {self._person.book} {self._calls}")
        talk = _Talk(self._household, self._person, Conversation(self._person, draw), line)
        await talk.run(call_sid)


class _Talk:
    """One conversation at a phone: moves words between the line and the person's mind."""

    def __init__(
        self, household: Household, person: Person, conversation: Conversation, line: Line
    ) -> None:
        self._household = household
        self._person = person
        self._conversation = conversation
        self._line = line
        self._clip: Clip | None = None
        self._utterance: Utterance | None = None
        self._leaves_at_ms: int | None = None
        self._pending: dict[str, str] | None = None

    async def run(self, call_sid: str) -> None:
        ears = self._household.voices.ears()
        person = self._person
        turns = TurnTaking(person.patience_ms, person.silence_ms, person.yields_after_ms)
        self._line.mouth.say(tones.silence(PICKS_UP_MS))
        await self._answer(self._conversation.greet())
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
            reply = self._conversation.on_turn(happening.text)
        else:
            reply = self._conversation.on_silence()
        if reply is not None:
            await self._answer(reply)

    async def _answer(self, reply: Reply) -> None:
        clip = await self._household.voices.speak(
            reply.text, self._person.voice, words_per_minute=self._person.words_per_minute
        )
        start_ms = self._line.mouth.ends_at_ms(self._line.position_ms)
        self._line.mouth.say(clip.mulaw)
        end_ms = self._line.mouth.ends_at_ms(self._line.position_ms)
        self._clip = clip
        self._utterance = self._line.transcript.spoke(reply.text, start_ms, end_ms)
        self._pending = reply.agreement or self._pending
        if reply.leaves:
            self._leaves_at_ms = end_ms + LEAVES_AFTER_MS

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
            self._household.order_books.write(self._person.book, call_sid, **self._pending)
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
