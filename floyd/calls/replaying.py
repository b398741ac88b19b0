"""A call once more: its stored events in, each with what the core decides on it now, out.

Nothing is done about the decisions. They are compared with those that were made live: the core
decides from its brief and its events alone, so that only another version of it decides otherwise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from floyd.calls.brief import CallBrief
from floyd.calls.event_codec import A_STREAM, BRIEF, Kept, brief_from, event_from, shortened
from floyd.calls.turns import Turns
from floyd.calls.vocabulary import Command, Event
from floyd.errors import ReplayError
from floyd.store.models import Call, CallEvent


@dataclass(frozen=True)
class Step:
    """One event of a stream, and what the core decides on it.

    Attributes:
        position: of its row.
        at_s: seconds since the stream began.
        event: what happened.
        commands: what the core decides now.
        live: what it decided live, as it was kept; None if it broke.
        lost: how many events before this one were never stored.
    """

    position: int
    at_s: float
    event: Event
    commands: Sequence[Command]
    live: Sequence[Kept] | None
    lost: int

    @property
    def now(self) -> list[Kept]:
        """What the core decides now, in the shape of `live`."""
        return shortened(self.commands)

    @property
    def differs(self) -> bool:
        """The core decided otherwise live."""
        return self.live != self.now


@dataclass(frozen=True)
class Stream:
    """One media stream of a call: its generation, what it began with, and its events' rows."""

    generation: int
    brief: CallBrief
    rows: Sequence[CallEvent]


def find(name: str) -> Call | None:
    """Return the call with an attempt, Twilio's SID or the number of a row; None: there is none."""
    call: Call | None = Call.get_or_none((Call.attempt == name) | (Call.sid == name))
    is_number = name.isascii() and name.isdigit() and len(name) < len("2147483647")
    return call or (Call.get_or_none(Call.id == int(name)) if is_number else None)


def streams_of(call: Call) -> list[Stream]:
    """Return the streams of a call, oldest first.

    Raises:
        ReplayError: it was never live, or kept by a Floyd that kept less, or something else.
    """
    rows = CallEvent.select().where(CallEvent.call == call).order_by(CallEvent.position)
    by_generation = groupby(rows, lambda row: int(row.position) // A_STREAM)
    streams = [_stream(generation, list(each)) for generation, each in by_generation]
    if not streams:
        raise ReplayError(f"Call {call.id} was never live ({call.state}): nothing to replay.")
    return streams


def replay(stream: Stream) -> Iterator[Step]:
    """Run the events of a stream through a core of its own.

    Raises:
        ReplayError: an event is none that this Floyd knows.
    """
    core = Turns(stream.brief)
    expected = stream.generation * A_STREAM + 1
    for row in stream.rows:
        try:
            event = event_from(row.event)
        except ValueError as error:
            raise ReplayError(f"Event {row.position} is of another Floyd: {error}") from error
        commands = core.handle(event, row.at_s)
        yield Step(row.position, row.at_s, event, commands, row.commands, row.position - expected)
        expected = row.position + 1


def differences(call: Call) -> list[Step]:
    """Return the steps of a call on which the core decides otherwise now; none if it was not live.

    Raises:
        ReplayError: what was kept cannot be run again.
    """
    if not CallEvent.select().where(CallEvent.call == call).exists():
        return []
    return [step for stream in streams_of(call) for step in replay(stream) if step.differs]


def _stream(generation: int, rows: list[CallEvent]) -> Stream:
    first, *events = rows
    if first.event.get("type") != BRIEF:
        raise ReplayError("An older Floyd kept this call, without what its streams began with.")
    try:
        return Stream(generation, brief_from(first.event), events)
    except ValueError as error:
        raise ReplayError(f"Another Floyd kept this call: {error}") from error
