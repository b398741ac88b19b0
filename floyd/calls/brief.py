"""What a call begins with, or goes on with after a break: its role, and what was said before."""

from dataclasses import dataclass
from typing import cast

from floyd.calls import roles
from floyd.calls.roles import KnowUser, Role
from floyd.calls.vocabulary import Speaker, Turn
from floyd.store.models import Call, Utterance

_POSITIONS_A_STREAM = 1_000


@dataclass(frozen=True)
class CallBrief:
    """All that the core and the live call are told.

    Attributes:
        role: what Floyd is in this call: what it says first, knows and may do.
        earlier: what was said before the line was lost, by position.
        first_position: of what is said from now on; an older stream's last words lie before it.
        answered: an earlier stream of this call was live.
        disclosed: the other side has heard that an AI speaks, or knows it anyway.
        offset_s: how long before this stream the call was answered; 0 for its first stream.
    """

    call_id: int
    attempt: str
    role: Role
    earlier: tuple[tuple[int, Turn], ...] = ()
    first_position: int = 0
    answered: bool = False
    disclosed: bool = False
    offset_s: float = 0.0


def load(attempt: str, now: float, know_user: KnowUser = roles.know_nobody) -> CallBrief:
    """Return the brief of a call at a time (epoch seconds).

    Args:
        attempt: which call.
        now: epoch seconds.
        know_user: tells what is known about a user who calls, from the room that knows it.
    """
    call = Call.get(Call.attempt == attempt)
    role = roles.of(call, now, know_user)
    utterances = Utterance.select().where(Utterance.call == call).order_by(Utterance.position)
    earlier = tuple(
        (row.position, Turn(cast(Speaker, row.speaker), row.text)) for row in utterances
    )
    answered = bool(earlier) or call.token_used > 1
    return CallBrief(
        call_id=call.id,
        attempt=attempt,
        role=role,
        earlier=earlier,
        first_position=max(0, call.token_used - 1) * _POSITIONS_A_STREAM,
        answered=answered,
        disclosed=_is_disclosed(role, earlier, answered),
        offset_s=max(0.0, now - call.answered_at) if answered and call.answered_at else 0.0,
    )


def _is_disclosed(role: Role, earlier: tuple[tuple[int, Turn], ...], answered: bool) -> bool:
    """Say whether the introduction need not be said, or not again."""
    if role.is_known_to_callers:
        return bool(earlier) or not answered
    return any(turn.speaker == "floyd" and role.introduction in turn.text for _, turn in earlier)
