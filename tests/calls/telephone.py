"""A phone call in virtual time: a scripted callee, recogniser, model and voice around the core.

Speech is words with times. Voice activity tells of it 60 ms after its beginning and 80 ms after its
end; the recogniser every 100 ms, 100 ms late, without punctuation; the final comes later. The model
and the voice take what they take in the bench. All sound is kept, as the callee hears it.
"""

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from floyd.calls.brief import CallBrief
from floyd.calls.turns import Turns
from floyd.calls.vocabulary import (
    ClauseSent,
    ClauseWritten,
    ClearPlayback,
    Command,
    Drop,
    Event,
    Generate,
    MarkReached,
    Release,
    ReplyBegun,
    ReplyWritten,
    Say,
    SoundReady,
    SoundSent,
    SpeechPaused,
    SpeechStarted,
    StreamStarted,
    TimePassed,
    WakeAt,
    WordsHeard,
)
from tests.calls.builders import brief

WORD_S = 0.28
FIRST_CLAUSE_S = 0.35 + 0.067
VOICE_S = 0.2
INTERIM_EVERY_S = 0.1
INTERIM_LATE_S = 0.1
WORD_ERRORS = 0.05


@dataclass
class Sound:
    """A clause on the line; `to_s` moves forward when it is cut off."""

    reply: int
    text: str
    from_s: float
    to_s: float
    mark: str
    whole: bool = False


@dataclass
class _Making:
    number: int
    clauses: list[str]
    released: bool = False
    gone: bool = False
    ready: list[int] = field(default_factory=list)
    done: bool = False


class Telephone:
    """One call. `say` and the like are planned; `run` lets it happen."""

    def __init__(
        self,
        call: CallBrief | None = None,
        *,
        answer: Sequence[str] = ("She is in class 3B,", "with Mrs. Dunn."),
        clause_s: float = 1.0,
        final_late_s: float = 1.2,
        mishears: random.Random | None = None,
    ) -> None:
        self.core = Turns(call or brief())
        self.done: list[tuple[float, Command]] = []
        self.told: list[tuple[float, Event]] = []
        self.sounds: list[Sound] = []
        self.now_s = 0.0
        self._answer, self._clause_s, self._final_late_s = answer, clause_s, final_late_s
        self._mishears = mishears
        self._plan: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._wake_s: float | None = None
        self._makings: dict[int, _Making] = {}
        self._queue: list[_Making] = []
        self._free_s = 0.0
        self._marks = count()
        self._waiting: list[str] = []
        self.at(0.0, StreamStarted())

    # --- What is planned --------------------------------------------------------------------------

    def at(self, at_s: float, event: Event) -> None:
        self._do_at(at_s, lambda: self.happens(event))

    def sound(self, from_s: float, to_s: float) -> None:
        """Speech-like sound, with or without words."""
        self.at(from_s + 0.06, SpeechStarted(from_s))
        self.at(to_s + 0.08, SpeechPaused(to_s))

    def say(self, from_s: float, *stretches: str, pauses: Sequence[float] = ()) -> float:
        """The callee says something, with pauses inside; returns when it ends."""
        said: list[tuple[str, float]] = []
        told, now_s = 0, from_s
        for index, stretch in enumerate(stretches):
            begun_s = now_s
            for word in stretch.split():
                said.append((word, now_s + WORD_S / 2))
                now_s += WORD_S
            self.sound(begun_s, now_s)
            told = self._plan_interims(said, told, begun_s, now_s)
            if index < len(stretches) - 1:
                now_s += pauses[index]
        final = WordsHeard(" ".join(map(self._understood, " ".join(stretches).split())), True)
        self.at(now_s + self._final_late_s, final)
        return now_s

    def _plan_interims(
        self, said: list[tuple[str, float]], told: int, begun_s: float, ended_s: float
    ) -> int:
        raster = [begun_s + step * INTERIM_EVERY_S for step in range(1, 1000)]
        for at_s in [*(moment for moment in raster if moment < ended_s), ended_s]:
            known = [word for word, known_s in said if known_s <= at_s or at_s == ended_s]
            if len(known) > told:
                told = len(known)
                text = " ".join(self._understood(word.lower().strip(".,?!")) for word in known)
                self.at(at_s + INTERIM_LATE_S, WordsHeard(text, False))
        return told

    def _understood(self, word: str) -> str:
        """A word as the recogniser takes it this time: 5 % are wrong, if it mishears at all."""
        wrong = self._mishears is not None and self._mishears.random() < WORD_ERRORS
        return "them" if wrong else word

    def _do_at(self, at_s: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._plan, (at_s, next(self._order), act))

    # --- What happens -----------------------------------------------------------------------------

    def run(self, until_s: float) -> "Telephone":
        while self._plan and self._plan[0][0] <= until_s:
            at_s, _, act = heapq.heappop(self._plan)
            self.now_s = max(self.now_s, at_s)
            act()
        self.now_s = until_s
        return self

    def happens(self, event: Event) -> None:
        self.told.append((self.now_s, event))
        for command in self.core.handle(event, self.now_s):
            self.done.append((self.now_s, command))
            self._obey(command)

    def _obey(self, command: Command) -> None:
        if isinstance(command, WakeAt):
            self._wake_s = command.at_s
            self._do_at(max(command.at_s, self.now_s), lambda: self._wake(command.at_s))
        elif isinstance(command, Generate):
            making = self._makings[command.reply] = _Making(command.reply, list(self._answer))
            self._do_at(self.now_s + FIRST_CLAUSE_S, lambda: self._write(making))
        elif isinstance(command, Say):
            making = _Making(command.reply, [command.text], released=True)
            self._makings[command.reply] = making
            self._queue.insert(0 if command.ahead else len(self._queue), making)
            self._do_at(self.now_s, lambda: self._tell(making, 0))
        elif isinstance(command, Release):
            self._makings[command.reply].released = True
            self._queue.append(self._makings[command.reply])
            self._advance()
        elif isinstance(command, Drop):
            self._stop(self._makings[command.reply])
        elif isinstance(command, ClearPlayback):
            self._clear()

    def _wake(self, at_s: float) -> None:
        if self._wake_s == at_s:
            self.happens(TimePassed())

    # --- Floyd's mouth, and the phone company -----------------------------------------------------

    def _write(self, making: _Making) -> None:
        if making.gone:
            return
        self.happens(ReplyBegun(making.number))
        for clause, text in enumerate(making.clauses):
            self.happens(ClauseWritten(making.number, clause, text))
            at_s = self.now_s + VOICE_S * (clause + 1)
            self._do_at(at_s, partial(self._voice, making, clause))

    def _tell(self, making: _Making, clause: int) -> None:
        if not making.gone:
            self.happens(ClauseWritten(making.number, clause, making.clauses[clause]))
            self._voice(making, clause)

    def _voice(self, making: _Making, clause: int) -> None:
        if making.gone:
            return
        making.ready.append(clause)
        if clause == 0:
            self.happens(SoundReady(making.number))
        self._advance()
        if clause == len(making.clauses) - 1:
            making.done = True
            if not making.gone:
                self.happens(ReplyWritten(making.number))
            self._advance()

    def _advance(self) -> None:
        while self._queue and (self._queue[0].ready or self._queue[0].done):
            making = self._queue[0]
            if making.ready:
                self._play(making, making.ready.pop(0))
            else:
                self._queue.remove(making)

    def _play(self, making: _Making, clause: int) -> None:
        from_s = max(self.now_s, self._free_s)
        self._free_s = from_s + self._clause_s
        text, mark = making.clauses[clause], f"m{next(self._marks)}"
        self.sounds.append(Sound(making.number, text, from_s, self._free_s, mark))
        self.happens(SoundSent(making.number, clause, self._clause_s))
        if making.gone:
            return
        self._waiting.append(mark)
        self._do_at(self._free_s, lambda: self._reach(mark))
        self.happens(ClauseSent(making.number, clause, mark))

    def _reach(self, mark: str) -> None:
        if mark in self._waiting:
            self._waiting.remove(mark)
            for sound in self.sounds:
                sound.whole = sound.whole or sound.mark == mark
            self.happens(MarkReached(mark))

    def _clear(self) -> None:
        for making in list(self._queue):
            self._stop(making)
        self._free_s = self.now_s
        for sound in self.sounds:
            sound.to_s = max(sound.from_s, min(sound.to_s, self.now_s))
        self.sounds = [sound for sound in self.sounds if sound.to_s > sound.from_s]
        cleared, self._waiting = self._waiting, []
        for mark in cleared:
            self.at(self.now_s + 0.05, MarkReached(mark))

    def _stop(self, making: _Making) -> None:
        making.gone = True
        making.ready.clear()
        if making in self._queue:
            self._queue.remove(making)

    # --- What came of it --------------------------------------------------------------------------

    def when(self, kind: type[Command]) -> list[float]:
        return [at_s for at_s, command in self.done if isinstance(command, kind)]

    def heard_between(self, from_s: float, to_s: float) -> list[str]:
        """What the callee heard of Floyd, in part at least."""
        return [s.text for s in self.sounds if s.from_s < to_s and s.to_s > from_s]

    def quiet_from_s(self) -> float:
        """When all that is queued by now has played."""
        return max((sound.to_s for sound in self.sounds), default=self.now_s)

    def last_generated(self) -> Generate:
        return [command for _, command in self.done if isinstance(command, Generate)][-1]
