"""What is going on, read from the database: texts and calls in, a picture of both out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from floyd.phone_numbers import for_reading
from floyd.store.models import Call, InboundText, OutboundText, Utterance

_ON_ITS_WAY = ("sent", "delivered")


@dataclass(frozen=True)
class TextSeen:
    """A text between a user and Floyd; `key` names it for good, `at` is in epoch seconds."""

    key: str
    at: float
    is_floyds: bool
    phone: str
    body: str


@dataclass(frozen=True)
class UtteranceSeen:
    """A stretch of speech; `reply_ms` from the end of the callee's speech to Floyd's first sound.

    `is_settled`: more was said since, so its words do not change any more. `timings`: the steps of
    a reply that somebody waited for, in milliseconds.
    """

    position: int
    speaker: str
    text: str
    started_s: float
    reply_ms: int | None
    is_settled: bool
    timings: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class NoteSeen:
    """What somebody who looks on tells of a call, behind the utterance at a position."""

    position: int
    text: str


@dataclass(frozen=True)
class CallSeen:
    """A call, by its row's id; `from_outside`: the other side has phoned Floyd."""

    id: int
    at: float
    callee: str
    state: str
    is_over: bool
    utterances: tuple[UtteranceSeen, ...]
    from_outside: bool = False
    notes: tuple[NoteSeen, ...] = ()

    @property
    def lines(self) -> list[UtteranceSeen | NoteSeen]:
        """What was said in it and what is told of it, in order."""
        return sorted([*self.utterances, *self.notes], key=lambda line: line.position)

    @property
    def is_settled(self) -> bool:
        """Nothing that was said in it changes any more."""
        return all(said.is_settled for said in self.utterances)

    @property
    def replies(self) -> list[Mapping[str, int]]:
        """How long the steps of each of Floyd's replies in it took."""
        return [said.timings for said in self.utterances if said.timings]


@dataclass(frozen=True)
class Picture:
    """Texts and calls since a moment, in their order."""

    texts: tuple[TextSeen, ...]
    calls: tuple[CallSeen, ...]

    @property
    def replies(self) -> list[Mapping[str, int]]:
        """How long the steps of each of Floyd's replies took."""
        return [timings for call in self.calls for timings in call.replies]


def look(since: float) -> Picture:
    """Return what has happened since a moment, in epoch seconds; needs an open connection."""
    return Picture(texts(since), tuple(_call(row) for row in _calls(since)))


def texts(since: float) -> tuple[TextSeen, ...]:
    """Return the texts that have arrived or left since a moment."""
    # What a user said on the phone is kept like a text, but was none.
    heard = InboundText.select().where(InboundText.received_at >= since, InboundText.call.is_null())
    told = OutboundText.select().where(
        OutboundText.created_at >= since, OutboundText.state.in_(_ON_ITS_WAY)
    )
    seen = [TextSeen(f"in {row.id}", row.received_at, False, row.phone, row.body) for row in heard]
    seen += [TextSeen(f"out {row.id}", row.created_at, True, row.phone, row.body) for row in told]
    return tuple(sorted(seen, key=lambda text: text.at))


def _calls(since: float) -> list[Call]:
    return list(Call.select().where(Call.created_at >= since).order_by(Call.id))


def _call(row: Call) -> CallSeen:
    said = list(Utterance.select().where(Utterance.call == row.id).order_by(Utterance.position))
    all_said = row.settled_at is not None or row.reported_at is not None
    utterances = tuple(
        _utterance(each, before, is_settled=all_said or each is not said[-1])
        for before, each in zip([None, *said], said, strict=False)
        if each.text
    )
    return CallSeen(
        row.id,
        row.created_at,
        _callee(row),
        row.state,
        row.ended_at is not None,
        utterances,
        row.role != "errand",
    )


def _callee(row: Call) -> str:
    """Return how the other side of the line goes by: the errand's callee, or the user who calls."""
    if row.role == "desk" and row.user:
        return str(row.user.name)
    plan: dict[str, Any] = (row.errand.plan if row.errand else None) or {}
    return str(plan.get("callee", {}).get("name") or for_reading(row.phone))


def _utterance(row: Utterance, before: Utterance | None, *, is_settled: bool) -> UtteranceSeen:
    # What follows Floyd's own words answers nobody, so that nobody waited for it.
    answers = before is not None and before.speaker != row.speaker
    timings = (row.timings or {}) if answers else {}
    return UtteranceSeen(
        row.position,
        row.speaker,
        row.text,
        row.started_s,
        timings.get("sent"),
        is_settled,
        timings,
    )
