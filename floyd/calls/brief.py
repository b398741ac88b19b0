"""All that a live call knows about its errand: the snapshot and not a fact more."""

from dataclasses import dataclass, field
from typing import Any

from floyd.calls.phrases import introduction
from floyd.calls.vocabulary import Turn
from floyd.store.models import Call, Utterance


@dataclass(frozen=True)
class CallBrief:
    """What a call begins with, or goes on with after a break.

    Attributes:
        introduction: says who calls and for whom; comes before any word of the task.
        first_line: the task's first sentence.
        voicemail_message: what may be left on a machine, or None.
        plan, snapshot: what the model is told, see `prompts`.
        earlier: what was said before the line was lost, by position.
        answered: an earlier stream of this call was live: the callee knows us.
    """

    call_id: int
    attempt: str
    sid: str
    callee: str
    introduction: str
    first_line: str
    voicemail_message: str | None
    plan: dict[str, Any]
    snapshot: dict[str, Any]
    earlier: tuple[tuple[int, Turn], ...] = ()
    answered: bool = False
    phrases: tuple[str, ...] = field(default=())


def load(attempt: str) -> CallBrief:
    """Return the brief of a call whose ticket was claimed."""
    call = Call.get(Call.attempt == attempt)
    utterances = Utterance.select().where(Utterance.call == call).order_by(Utterance.position)
    earlier = tuple((row.position, Turn(row.speaker, row.text)) for row in utterances)
    plan, snapshot = call.errand.plan, call.errand.snapshot
    return CallBrief(
        call_id=call.id,
        attempt=attempt,
        sid=call.sid or "",
        callee=plan["callee"]["name"],
        introduction=introduction(snapshot["user"]),
        first_line=plan["opening_line"],
        voicemail_message=plan.get("voicemail_message"),
        plan=plan,
        snapshot=snapshot,
        earlier=earlier,
        answered=call.token_used > 1,
        phrases=_likely_words(plan, snapshot),
    )


def _likely_words(plan: dict[str, Any], snapshot: dict[str, Any]) -> tuple[str, ...]:
    """Return names that the recogniser should expect."""
    subjects = [str(fact["subject"]) for fact in snapshot.get("facts", [])]
    return tuple(dict.fromkeys([plan["callee"]["name"], snapshot["user"], *subjects]))
