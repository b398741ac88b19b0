"""A call that has ended, until it is reported: whatever runs twice reports it once."""

from typing import Any

from floyd.calls.progress import FINAL
from floyd.store.database import writing
from floyd.store.models import Call

SETTLES_WITHIN_S = 10


def ready_to_report(call_id: int, now: float) -> Call | None:
    """Return a call that has ended and is to be reported, once all that was said in it is stored.

    One whose words are still to come is looked at again by the time at which they must have.
    """
    call: Call | None = Call.get_or_none(Call.id == call_id)
    if call is None or call.state not in FINAL or call.reported_at is not None:
        return None
    if _is_settled(call, now):
        return call
    look_again(call, (call.ended_at or now) + SETTLES_WITHIN_S)
    return None


def look_again(call: Call, due_at: float) -> None:
    """Have the sweep look at a call later, unless it is reported by then."""
    with writing():
        Call.update(due_at=due_at).where(
            (Call.id == call.id) & Call.reported_at.is_null()
        ).execute()


def mark_reported(call: Call, now: float, report: dict[str, Any]) -> bool:
    """Become the one report of a call, inside an open `writing()`; False when there is one."""
    marked = (
        Call.update(report=report, reported_at=now, due_at=None)
        .where((Call.id == call.id) & Call.reported_at.is_null())
        .execute()
    )
    return bool(marked == 1)


def _is_settled(call: Call, now: float) -> bool:
    """Return whether the transcript is complete, or as complete as it will get."""
    return (
        call.token_used == 0
        or call.settled_at is not None
        or now >= (call.ended_at or 0) + SETTLES_WITHIN_S
    )
