"""A call's core driven by hand: events with their time in, commands out."""

from typing import Any, TypeVar

from floyd.calls import tools
from floyd.calls.brief import CallBrief
from floyd.calls.roles import Role
from floyd.calls.turns import Turns
from floyd.calls.vocabulary import (
    ClauseSent,
    ClauseWritten,
    Command,
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
    ToolCalled,
    Turn,
    WakeAt,
    WordsHeard,
)

INTRODUCTION = "Hi, this is Floyd, an AI assistant calling for Anna."
FIRST_LINE = "I'm calling to let you know that Mara is sick today."

CommandT = TypeVar("CommandT", bound=Command)


def brief(role: Role | None = None, **changes: Any) -> CallBrief:
    fields: dict[str, Any] = {"call_id": 1, "attempt": "a" * 32, "role": role or role_of()}
    return CallBrief(**(fields | changes))


def role_of(**changes: Any) -> Role:
    """Floyd phones a school, unless something else is said."""
    fields: dict[str, Any] = {
        "introduction": INTRODUCTION,
        "first_line": FIRST_LINE,
        "material": {},
        "instructions": "call",
        "tools": tools.OF_AN_ERRAND,
    }
    return Role(**(fields | changes))


class Conversation:
    """Plays both sides of a call against the core, and remembers what the core said to do."""

    def __init__(self, call: CallBrief | None = None) -> None:
        self.turns = Turns(call or brief())
        self.now_s = 0.0
        self.done: list[Command] = []
        self._wake_s: float | None = None
        self._marks = 0
        self._spoken: set[int] = set()

    def happens(self, event: Event, at_s: float | None = None) -> list[Command]:
        if at_s is not None:
            self.now_s = max(self.now_s, at_s)
        commands = self.turns.handle(event, self.now_s)
        wakes = [command.at_s for command in commands if isinstance(command, WakeAt)]
        if wakes or isinstance(event, TimePassed):
            self._wake_s = wakes[0] if wakes else None
        self.done += commands
        return commands

    def wait(self, seconds: float) -> list[Command]:
        """Let time pass; the core is woken whenever it asked to be."""
        end_s, commands = self.now_s + seconds, []
        while self._wake_s is not None and self._wake_s <= end_s:
            commands += self.happens(TimePassed(), self._wake_s)
        self.now_s = end_s
        return commands

    def answered(self) -> None:
        """The callee picks up, says hello, and hears introduction and first line."""
        self.happens(StreamStarted())
        self.callee_says("Hello?", pause_s=0.35)
        self.final("Hello?")
        self.everything_is_heard()

    def callee_says(self, text: str, lasting_s: float = 1.0, pause_s: float = 2.0) -> list[Command]:
        """The callee speaks; words come as an interim result while they do, then a silence."""
        begun = len(self.done)
        self.happens(SpeechStarted(self.now_s))
        self.now_s += lasting_s
        self.happens(WordsHeard(text, False))
        self.happens(SpeechPaused(self.now_s))
        self.wait(pause_s)
        return self.done[begun:]

    def final(self, text: str) -> list[Command]:
        return self.happens(WordsHeard(text, True))

    def reply_is_written(
        self, number: int, *clauses: str, tool: tuple[str, str] | None = None
    ) -> None:
        self.happens(ReplyBegun(number))
        for index, clause in enumerate(clauses):
            self.happens(ClauseWritten(number, index, clause))
        if tool:
            self.happens(ToolCalled(number, *tool))
        if clauses:
            self.happens(SoundReady(number))
        self.happens(ReplyWritten(number))

    def sound_goes_out(self, number: int, *clauses: str, duration_s: float = 1.0) -> list[str]:
        """Clauses are sent to the phone company; returns their marks."""
        marks = []
        for index, clause in enumerate(clauses):
            self.happens(ClauseWritten(number, index, clause))
            self.happens(SoundSent(number, index, duration_s))
            self._marks += 1
            marks.append(f"m{self._marks}")
            self.happens(ClauseSent(number, index, marks[-1]))
        return marks

    def is_heard(self, marks: list[str], duration_s: float = 1.0) -> list[Command]:
        begun = len(self.done)
        for mark in marks:
            self.now_s += duration_s
            self.happens(MarkReached(mark))
        return self.done[begun:]

    def everything_is_heard(self) -> list[Command]:
        """What the core said since the last time goes out and is heard to its end."""
        begun = len(self.done)
        for say in [c for c in self.done if isinstance(c, Say)]:
            if say.reply not in self._spoken:
                self._spoken.add(say.reply)
                marks = self.sound_goes_out(say.reply, say.text)
                self.happens(ReplyWritten(say.reply))
                self.is_heard(marks)
        return self.done[begun:]

    def all(self, kind: type[CommandT]) -> list[CommandT]:
        return [command for command in self.done if isinstance(command, kind)]

    def last_generated(self) -> Generate:
        return self.all(Generate)[-1]

    def last_released(self) -> int:
        return self.all(Release)[-1].reply

    def floyd_answers(self, *clauses: str, tool: tuple[str, str] | None = None) -> None:
        """The reply that was released last is written, sent and heard."""
        number = self.last_released()
        self.reply_is_written(number, *clauses, tool=tool)
        self.is_heard(self.sound_goes_out(number, *clauses))


def said(turns: tuple[Turn, ...], speaker: str) -> list[str]:
    return [turn.text for turn in turns if turn.speaker == speaker]
