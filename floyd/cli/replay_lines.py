"""A replay in lines: streams and steps in, what people read of them out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import click

from floyd.calls.event_codec import Kept, whole
from floyd.calls.replaying import Step, Stream
from floyd.calls.vocabulary import (
    Command,
    Generate,
    RecordUtterance,
    SoundSent,
    Speaker,
    WordsHeard,
)

_WHO: dict[Speaker, str] = {"callee": "They", "floyd": "Floyd", "note": "Note"}
_EVENTS = {
    "StreamStarted": "the line is open",
    "SpeechStarted": "sound since {at_s:.3f}",
    "SpeechPaused": "quiet since {at_s:.3f}",
    "ReplyBegun": "reply {reply}: its first token came",
    "ClauseWritten": 'reply {reply}: clause {clause} is written: "{text}"',
    "SoundReady": "reply {reply}: its first sound is there",
    "SoundSent": "reply {reply}: {duration_s:.2f} s of clause {clause} were sent",
    "ClauseSent": "reply {reply}: all of clause {clause} was sent, mark {mark}",
    "ClauseMisread": 'reply {reply}: clause {clause} was misread: "{said}"',
    "ToolCalled": "reply {reply}: the model calls {name} {arguments}",
    "ReplyWritten": "reply {reply}: all of it is written",
    "ReplyFailed": "reply {reply}: it failed",
    "MarkReached": "mark {mark} came back",
    "MachineDetected": "who answered: {answered_by}",
    "TimePassed": "it is time",
    "HandOverAsked": "this process is about to stop",
    "StreamEnded": "the stream has ended",
}
_COMMANDS = {
    "Say": 'say, as reply {reply}: "{text}"',
    "Release": "let reply {reply} be heard",
    "Drop": "drop reply {reply}",
    "ClearPlayback": "be silent",
    "SilenceClause": "silence the misread clause",
    "RecordFinish": "conclude: {finish}",
    "HangUp": "hang up",
    "WakeAt": "wake up at {at_s:.3f}",
}
_DECISION = " " * 11


class ReplayLines:
    """Puts a replay into lines, and remembers what was said and what differed.

    Attributes:
        same: every decision so far is the one that was made live.
    """

    def __init__(self) -> None:
        self.same = True
        self._first: str | None = None
        self._differing = 0
        self._steps = 0
        self._stream = 0
        self._said: dict[int, RecordUtterance] = {}
        self._sent: _SoundTogether | None = None

    def of_stream(self, stream: Stream) -> Iterator[str]:
        """Tell that a stream begins."""
        yield from self._flush()
        self._stream = stream.generation
        brief = stream.brief
        told = f"Stream {stream.generation}, call {brief.call_id} ({brief.attempt})"
        if brief.answered:
            told += f", {brief.offset_s:.1f} s after the answer, {len(brief.earlier)} said before"
        yield click.style(told, bold=True)

    def of_step(self, step: Step) -> Iterator[str]:
        """Tell an event and what is decided on it; sound that only goes out is told together."""
        self._steps += 1
        if isinstance(step.event, SoundSent) and not (step.commands or step.differs or step.lost):
            if self._sent and self._sent.takes(step.event):
                return
            yield from self._flush()
            self._sent = _SoundTogether(step.at_s, step.event)
            return
        yield from self._flush()
        if step.lost:
            yield click.style(f"{_DECISION}{step.lost} events were never stored", fg="red")
        yield f"{step.at_s:9.3f}  {in_words(step.event)}"
        for command in step.commands:
            yield self._decision(command)
        if step.differs:
            yield from self._difference(step)

    def end(self) -> Iterator[str]:
        """Tell all that was said, how fast, and whether all was decided as it was live."""
        yield from self._flush()
        yield click.style("What was said", bold=True)
        for _, said in sorted(self._said.items()):
            yield f"{said.started_s:9.3f}  {_WHO[said.speaker]}: {said.text}"
            if said.timings:
                yield click.style(f"{_DECISION}{_milliseconds(said.timings)}", dim=True)
        if self.same:
            yield click.style(
                f"All {self._steps} events are decided as they were live.", fg="green"
            )
        else:
            yield click.style(
                f"{self._differing} of {self._steps} events are decided otherwise than live, first"
                f" {self._first}. What happened after it had followed from the decision live.",
                fg="red",
            )

    def _decision(self, command: Command) -> str:
        if not isinstance(command, RecordUtterance):
            return click.style(f"{_DECISION}-> {in_words(command)}", dim=True)
        self._said[command.position] = command
        return click.style(f"{_DECISION}{_WHO[command.speaker]}: {command.text}", fg="cyan")

    def _difference(self, step: Step) -> Iterator[str]:
        self.same = False
        self._differing += 1
        self._first = self._first or f"at {step.at_s:.3f} s of stream {self._stream}"
        live = "the core broke" if step.live is None else "; ".join(map(_kept, step.live))
        yield click.style(f"{_DECISION}OTHERWISE; live it was: {live or 'nothing'}", fg="red")

    def _flush(self) -> Iterator[str]:
        if self._sent:
            yield self._sent.line()
            self._sent = None


@dataclass
class _SoundTogether:
    """Pieces of sound of one clause that went out one after the other."""

    at_s: float
    event: SoundSent

    def takes(self, event: SoundSent) -> bool:
        """Take in a piece, if it is of the same clause."""
        of = self.event
        if (event.reply, event.clause) != (of.reply, of.clause):
            return False
        self.event = replace(of, duration_s=of.duration_s + event.duration_s)
        return True

    def line(self) -> str:
        """Return all of it in a line."""
        return f"{self.at_s:9.3f}  {in_words(self.event)}"


def in_words(thing: Any) -> str:
    """Return an event or a command in words; one that has none by its name and its fields."""
    if isinstance(thing, WordsHeard):
        return f'{"understood" if thing.is_final else "hearing"}: "{thing.text}"'
    if isinstance(thing, Generate):
        return f"write and voice reply {thing.reply}, to {_last_words(thing)}"
    kept = whole(thing)
    template = _EVENTS.get(kept["type"]) or _COMMANDS.get(kept["type"])
    return template.format(**kept) if template else _kept(kept)


def _last_words(command: Generate) -> str:
    if not command.turns:
        return "nothing yet"
    last = command.turns[-1]
    return f'{_WHO[last.speaker].lower()}: "{last.text}"'


def _kept(kept: Kept) -> str:
    name = re.sub(r"(?<!^)(?=[A-Z])", " ", kept["type"]).lower()
    said = (f"{key}={_value(each)}" for key, each in kept.items() if key != "type")
    return " ".join([name, *said])


def _value(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _milliseconds(timings: Mapping[str, int]) -> str:
    return ", ".join(f"{step.replace('_', ' ')} {ms} ms" for step, ms in timings.items())
