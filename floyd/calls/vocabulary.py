"""The words of a call: what happens (events, past tense) and what to do about it (commands).

Seconds count from the start of the media stream. A reply is anything that Floyd says, written by
the model or scripted; its clauses are numbered from 0.
"""

from dataclasses import dataclass
from typing import Any, Literal

Speaker = Literal["callee", "floyd", "note"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One entry of the conversation so far: what was heard, by whom it was said."""

    speaker: Speaker
    text: str


# --- Events ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StreamStarted:
    """The callee's line is open."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The callee began to make speech-like sound at `at_s`."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """The callee has been quiet since `at_s`, for a moment already."""

    at_s: float


@dataclass(frozen=True, slots=True)
class WordsHeard:
    """The recogniser's present understanding of its current utterance."""

    text: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class ListeningFailed:
    """The recogniser cannot be reached any more."""


@dataclass(frozen=True, slots=True)
class ReplyBegun:
    """The first token of a reply came."""

    reply: int


@dataclass(frozen=True, slots=True)
class ClauseWritten:
    """A clause of a reply is known in full."""

    reply: int
    clause: int
    text: str


@dataclass(frozen=True, slots=True)
class SoundReady:
    """The voice gave the first sound of a reply."""

    reply: int


@dataclass(frozen=True, slots=True)
class SoundSent:
    """Sound of a clause was handed to the phone company."""

    reply: int
    clause: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class ClauseSent:
    """All sound of a clause was handed over, and a mark behind it."""

    reply: int
    clause: int
    mark: str


@dataclass(frozen=True, slots=True)
class ClauseMisread:
    """The voice said something else than it was told; the clause will be said again."""

    reply: int
    clause: int
    said: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """The model called a tool in a reply; `arguments` is unchecked JSON."""

    reply: int
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ReplyWritten:
    """The model has finished a reply; all of its clauses and tools are known."""

    reply: int


@dataclass(frozen=True, slots=True)
class ReplyFailed:
    """The model or the voice broke off a reply."""

    reply: int


@dataclass(frozen=True, slots=True)
class MarkReached:
    """The sound before a mark has played, or was cleared."""

    mark: str


@dataclass(frozen=True, slots=True)
class TakenUp:
    """The call belongs to an errand now, or with None: it cannot."""

    errand: int | None


@dataclass(frozen=True, slots=True)
class MachineDetected:
    """The phone company's verdict on who answered, in its own words (`machine_end_beep`)."""

    answered_by: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A moment that the core asked to be woken at has come, or a later one."""


@dataclass(frozen=True, slots=True)
class HandOverAsked:
    """This process is about to stop: leave the call to another at the next good moment."""


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The media socket is gone."""


Event = (
    StreamStarted
    | SpeechStarted
    | SpeechPaused
    | WordsHeard
    | ListeningFailed
    | ReplyBegun
    | ClauseWritten
    | SoundReady
    | SoundSent
    | ClauseSent
    | ClauseMisread
    | ToolCalled
    | ReplyWritten
    | ReplyFailed
    | MarkReached
    | TakenUp
    | MachineDetected
    | TimePassed
    | HandOverAsked
    | StreamEnded
)


# --- Commands -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Generate:
    """Have the model write a reply to the conversation and the voice speak it, held back."""

    reply: int
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """Speak a scripted text behind what is queued already, or `ahead` of what has no sound yet."""

    reply: int
    text: str
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """Let a generated reply be heard, behind what is queued already."""

    reply: int


@dataclass(frozen=True, slots=True)
class Drop:
    """Stop and forget a reply of which nothing was heard."""

    reply: int


@dataclass(frozen=True, slots=True)
class ClearPlayback:
    """Silence everything that is queued, here and at the phone company, and stop its replies."""


@dataclass(frozen=True, slots=True)
class SilenceClause:
    """Empty the phone company's buffer of a misread clause; its reply goes on and says it again."""


@dataclass(frozen=True, slots=True)
class RecordUtterance:
    """Store an utterance, or replace what was stored at its position.

    `timings` counts milliseconds from the end of the speech that a reply answers; but for
    `wasted_drafts`: how many replies to that turn were made in vain before.
    """

    position: int
    speaker: Speaker
    text: str
    meant: str | None
    started_s: float
    ended_s: float
    timings: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class RecordFinish:
    """Store what the conversation concluded: outcome, evidence, missing."""

    finish: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Make the call that of an errand, whose callee is calling back, and tell with TakenUp."""

    errand: int


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the phone call; what it concluded was recorded before."""


@dataclass(frozen=True, slots=True)
class LeaveStream:
    """Close the socket so that another process takes the call up."""


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Send TimePassed at this moment; a later WakeAt replaces an earlier one."""

    at_s: float


Command = (
    Generate
    | Say
    | Release
    | Drop
    | ClearPlayback
    | SilenceClause
    | RecordUtterance
    | RecordFinish
    | TakeUp
    | HangUp
    | LeaveStream
    | WakeAt
)
