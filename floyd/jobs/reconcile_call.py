"""Ask Twilio about a call that nothing was heard of: how far it is, or whether it was ever placed.

A dial whose answer was lost is found in Twilio's list, by number and time, and is ours when it is
the only one that no other attempt claims. Absent twice, a minute apart, it was never placed. One of
several that nothing tells apart may be ours: then it is not placed again, the user is asked.
"""

import structlog

from floyd.calls import progress
from floyd.errors import TelephonyError
from floyd.jobs import door
from floyd.services import Services
from floyd.services.telephony.protocol import CallSeen
from floyd.store.database import writing
from floyd.store.models import Call

log = structlog.get_logger()

ABSENT_FOR_S = 60
ASK_AGAIN_AFTER_S = 15
_SKEW_S = 5
_UNKNOWN_THERE = 20404


def reconcile_call(services: Services, call_id: int) -> None:
    """Bring an attempt up to what Twilio knows of it."""
    call = Call.get_or_none(Call.id == call_id)
    if call is None or call.state not in progress.LIVE or not _is_due(call, services.clock.now()):
        return
    try:
        seen = _look_up(services, call)
    except TelephonyError as error:
        log.warning("call_not_looked_up", call=call.id, code=error.code)
        _look_again(call, services.clock.now() + ASK_AGAIN_AFTER_S)
        return
    if len(seen) != 1:
        _not_found(services, call, perhaps_placed=bool(seen))
        return
    now = services.clock.now()
    progress.record(services.redis, call, seen[0].status, now, sid=seen[0].sid)
    _look_again(call, now + progress.LOOK_UP_AFTER_S, absent_at=None)


def _is_due(call: Call, now: float) -> bool:
    return call.due_at is not None and call.due_at <= now


def _look_up(services: Services, call: Call) -> list[CallSeen]:
    """Return the call as Twilio knows it, or all that it may be."""
    if call.sid is None:
        listed = services.telephony.calls(call.dialled, call.created_at - _SKEW_S)
        return [seen for seen in listed if not Call.select().where(Call.sid == seen.sid).exists()]
    try:
        return [services.telephony.call(call.sid)]
    except TelephonyError as error:
        if error.code == _UNKNOWN_THERE:
            return []
        raise


def _not_found(services: Services, call: Call, *, perhaps_placed: bool) -> None:
    """Give a call up that Twilio was asked about in vain twice.

    A `failed` one without a SID is dialled again; one that ended without a word is asked about.
    """
    now = services.clock.now()
    state = "completed" if perhaps_placed else "failed"
    if call.absent_at is None:
        _look_again(call, now + ABSENT_FOR_S, absent_at=now)
    elif progress.record(services.redis, call, state, now):
        log.warning("call_never_found", call=call.id, perhaps_placed=perhaps_placed)


def _look_again(call: Call, due_at: float, **changes: object) -> None:
    with writing():
        Call.update(due_at=due_at, **changes).where(
            Call.id == call.id, Call.state.in_(progress.LIVE)
        ).execute()


run = door.job(reconcile_call)
