"""How far a call has come: its state only moves forward, whoever tells of it and how often.

What enters is a state as Twilio names it, from a callback or a look-up, late, doubled or out of
order; what leaves is a row that took the step or stayed, and on the last step the report.
"""

from typing import Any

from peewee import IntegrityError
from redis import Redis

from floyd.calls import slots
from floyd.store.database import writing
from floyd.store.models import Call

LOOK_UP_AFTER_S = 60
REPORT_AFTER_S = 15

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
LIVE = ("dialling", "queued", "ringing", "in-progress")
_ORDER = ("reserved", *LIVE)
_SAME = {"initiated": "queued"}


def states_before(state: str) -> tuple[str, ...]:
    """Return the states that a call may move to this one from; none for an unknown one."""
    if state in FINAL:
        return _ORDER
    return _ORDER[: _ORDER.index(state)] if state in _ORDER else ()


def record(redis: Redis, call: Call, status: str, now: float, *, sid: str | None = None) -> bool:
    """Take a call one step on, and when it has ended give its slot back and have it reported.

    Args:
        redis: where the slots are kept.
        call: the row as it was read; only its id and attempt are relied upon.
        status: as Twilio names it.
        now: epoch seconds of Floyd's clock.
        sid: Twilio's name of the call, kept when it was not known yet.

    Returns:
        False when the call was there or further already, or is another one than `sid` says.
    """
    state = _SAME.get(status, status)
    if sid and not _is_named(call, sid):
        return False
    with writing() as writes:
        moved: int = (
            Call.update(**_changes(state, now))
            .where(Call.id == call.id, Call.state.in_(states_before(state)))
            .execute()
        )
        if moved and state in FINAL:
            writes.look_at("report_call", call.id)
    if moved and state in FINAL:
        slots.release(redis, call.attempt)
    return moved == 1


def _changes(state: str, now: float) -> dict[str, Any]:
    changes: dict[str, Any] = {"state": state, "absent_at": None, "due_at": now + LOOK_UP_AFTER_S}
    if state == "in-progress":
        changes["answered_at"] = now
    if state in FINAL:
        changes.update(ended_at=now, due_at=now + REPORT_AFTER_S)
    return changes


def _is_named(call: Call, sid: str) -> bool:
    """Return whether a call bears this SID, giving it to one that had none."""
    try:
        with writing():
            Call.update(sid=sid).where(Call.id == call.id, Call.sid.is_null()).execute()
    except IntegrityError:
        return False
    return bool(Call.select().where(Call.id == call.id, Call.sid == sid).exists())
