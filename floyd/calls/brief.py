"""All that a live call knows about its errand: the snapshot and not a fact more."""

from dataclasses import dataclass
from typing import Any, cast

from floyd.calls.phrases import introduction
from floyd.calls.vocabulary import Speaker, Turn
from floyd.store.models import Call, Errand, Utterance

_POSITIONS_A_STREAM = 1_000
_WORDS_OF_A_CALL = 60


@dataclass(frozen=True)
class CallBrief:
    """What a call begins with, or goes on with after a break.

    Attributes:
        introduction: says who calls and for whom; comes before any word of the task.
        first_line: the task's first sentence.
        voicemail_message: what may be left on a machine, or None.
        plan, snapshot: what the model is told, see `prompts`.
        earlier: what was said before the line was lost, by position.
        first_position: of what is said from now on; an older stream's last words lie before it.
        answered: an earlier stream of this call was live.
        disclosed: in it the callee heard the introduction to its end.
        offset_s: how long before this stream the call was answered; 0 for its first stream.
        earlier_calls: outcome and words of the errand's calls before this one.
        phrases: names that the recogniser should expect.
    """

    call_id: int
    attempt: str
    callee: str
    introduction: str
    first_line: str
    voicemail_message: str | None
    plan: dict[str, Any]
    snapshot: dict[str, Any]
    earlier: tuple[tuple[int, Turn], ...] = ()
    first_position: int = 0
    answered: bool = False
    disclosed: bool = False
    offset_s: float = 0.0
    phrases: tuple[str, ...] = ()
    earlier_calls: tuple[dict[str, Any], ...] = ()


def load(attempt: str, now: float) -> CallBrief:
    """Return the brief of a call at a time (epoch seconds)."""
    call = Call.get(Call.attempt == attempt)
    utterances = Utterance.select().where(Utterance.call == call).order_by(Utterance.position)
    earlier = tuple(
        (row.position, Turn(cast(Speaker, row.speaker), row.text)) for row in utterances
    )
    plan, snapshot = call.errand.plan, call.errand.snapshot
    hello = introduction(snapshot["user"])
    answered = bool(earlier) or call.token_used > 1
    return CallBrief(
        call_id=call.id,
        attempt=attempt,
        callee=plan["callee"]["name"],
        introduction=hello,
        first_line=plan["opening_line"],
        voicemail_message=plan.get("voicemail_message"),
        plan=plan,
        snapshot=snapshot,
        earlier=earlier,
        first_position=max(0, call.token_used - 1) * _POSITIONS_A_STREAM,
        answered=answered,
        disclosed=any(turn.speaker == "floyd" and hello in turn.text for _, turn in earlier),
        offset_s=max(0.0, now - call.answered_at) if answered and call.answered_at else 0.0,
        phrases=_likely_words(plan, snapshot),
        earlier_calls=tuple(calls_material(call.errand, before=call.id)),
    )


def calls_material(errand: Errand, before: int | None = None) -> list[dict[str, Any]]:
    """Return the calls of an errand that are over, oldest first, as the model reads them.

    Args:
        errand: whose calls.
        before: the id of a call: neither it nor a later one is told of.
    """
    over = (
        (Call.errand == errand) & Call.answered_at.is_null(False) & Call.reported_at.is_null(False)
    )
    if before is not None:
        over &= Call.id < before
    return [
        {"outcome": (call.report or {}).get("outcome", call.state), "transcript": _words_of(call)}
        for call in Call.select().where(over).order_by(Call.id)
    ]


def _words_of(call: Call) -> list[dict[str, str]]:
    """Return the last words of a call: how it ended matters most."""
    said = (
        Utterance.select()
        .where((Utterance.call == call) & Utterance.speaker.in_(("callee", "floyd")))
        .order_by(Utterance.position.desc())
        .limit(_WORDS_OF_A_CALL)
    )
    return [{"speaker": row.speaker, "text": row.text} for row in reversed(list(said))]


def _likely_words(plan: dict[str, Any], snapshot: dict[str, Any]) -> tuple[str, ...]:
    """Return names that the recogniser should expect."""
    subjects = [str(fact["subject"]) for fact in snapshot.get("facts", [])]
    return tuple(dict.fromkeys([plan["callee"]["name"], snapshot["user"], *subjects]))
