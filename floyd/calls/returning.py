"""A callee who calls back: whose errand that may be, and how the call becomes that errand's.

An errand that a call takes up moves to `calling` in the same transaction: nobody dials the callee
meanwhile, and the errand goes on when this call has ended, like after any other.
"""

from typing import Any, NamedTuple

from peewee import fn

from floyd.prompts.schemas import Outcome
from floyd.store.database import writing
from floyd.store.models import Call, Errand, ErrandMove

CALLS_BACK_WITHIN_S = 30 * 86_400
MAY_BE_TAKEN_UP = ("planning", "waiting_for_user", "scheduled", "ready")
AWAITED_FOR_S = 52 * 60
"""After how long the sweep looks at an errand again: longer than any call."""

_OPEN = ("new", *MAY_BE_TAKEN_UP, "calling", "reporting")
_CALLING = "calling"
_WHY = "they called back"


class Candidate(NamedTuple):
    """An errand that a caller may be calling about, and when Floyd phoned them for it."""

    errand: Errand
    called_at: float


def candidates(phone: str, now: float) -> list[Candidate]:
    """Return the errands for which Floyd phoned a number of late: the open ones, else the newest.

    One that ended with a message on their voicemail is as good as open to whoever answers it.
    Nobody was phoned where the list is empty; Floyd must find out which one is meant where it has
    several.
    """
    found = phoned(phone, now)
    return [one for one in found if _may_be_meant(one.errand)] or found[:1]


def _may_be_meant(errand: Errand) -> bool:
    return errand.state in _OPEN or errand.outcome == Outcome.VOICEMAIL_LEFT


def phoned(phone: str, now: float) -> list[Candidate]:
    """Return all errands for which Floyd phoned a number of late, the last one first."""
    last = _last_calls(phone, now)
    errands = Errand.select().where(Errand.id.in_(list(last)))
    found = [Candidate(errand, last[errand.id]) for errand in errands]
    return sorted(found, key=lambda one: one.called_at, reverse=True)


def take_up(call_id: int, errand_id: int, now: float) -> bool:
    """Make a call from outside that of the errand that it returns; False when it may not be.

    It may where Twilio vouches for the caller, Floyd phoned them for that errand, and the call is
    no other's yet. Doing it twice is harmless.
    """
    call = Call.get_or_none(Call.id == call_id)
    if call is None or not call.attested:
        return False
    errand = Errand.get_or_none((Errand.id == errand_id) & Errand.id.in_(_asked(call, now)))
    if errand is None:
        return False
    with writing():
        taken: int = (
            Call.update(errand=errand, user=errand.user)
            .where((Call.id == call_id) & Call.errand.is_null())
            .execute()
        )
        if taken == 1 and begin_awaiting(errand.id, now):
            Call.update(awaited=True).where(Call.id == call_id).execute()
    return bool(Call.select().where((Call.id == call_id) & (Call.errand == errand)).exists())


def begin_awaiting(errand_id: int, now: float) -> bool:
    """Have an errand wait for the end of a call that came in, inside an open `writing()`.

    Returns:
        False when it is over, not begun yet, or waits for a call already.
    """
    # On PostgreSQL it may move on between our look and ours to move.
    while (state := _state_of(errand_id)) in MAY_BE_TAKEN_UP:
        moved = (
            Errand.update(state=_CALLING, due_at=now + AWAITED_FOR_S)
            .where((Errand.id == errand_id) & (Errand.state == state))
            .execute()
        )
        if moved == 1:
            ErrandMove.create(
                errand=errand_id, from_state=state, to_state=_CALLING, why=_WHY, at=now
            )
            return True
    return False


def _state_of(errand_id: int) -> str | None:
    errand = Errand.get_or_none(Errand.id == errand_id)
    return errand.state if errand else None


def _asked(call: Call, now: float) -> list[int]:
    return [one.errand.id for one in candidates(call.phone, now)]


def _last_calls(phone: str, now: float) -> dict[int, float]:
    """Return for which errands Floyd phoned a number, and when last."""
    last = fn.MAX(Call.created_at).alias("last")
    placed = (
        (Call.dialled == phone)
        & (Call.role == "errand")
        & Call.sid.is_null(False)
        & (Call.created_at >= now - CALLS_BACK_WITHIN_S)
    )
    rows: Any = Call.select(Call.errand, last).where(placed).group_by(Call.errand).tuples()
    return dict(rows)
