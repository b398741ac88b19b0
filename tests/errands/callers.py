"""Calls from outside that have just ended, their words stored."""

from itertools import count
from typing import Any

from floyd.store.models import Call, Errand, User, Utterance
from tests.errands.desk import Desk

Said = list[tuple[str, str]]

_sids = count(1)


def ended(desk: Desk, role: str, said: Said, *, attested: bool = True, **changes: Any) -> Call:
    """A call of a role; in `said` the other side of the line is the callee, whoever it is."""
    now, number = desk.clock.now(), next(_sids)
    values = {
        "attempt": f"{number:032x}",
        "role": role,
        "attested": attested,
        "awaited": False,
        "phone": desk.user.phone,
        "dialled": desk.user.phone,
        "sid": f"CA-in-{number}",
        "state": "completed",
        "token_used": 1,
        "created_at": now,
        "answered_at": now,
        "ended_at": now,
        "settled_at": now,
        "due_at": now + 15,
    }
    call: Call = Call.create(**(values | changes))
    for position, (speaker, text) in enumerate(said):
        Utterance.create(
            call=call,
            position=position,
            speaker=speaker,
            text=text,
            started_s=position,
            ended_s=position + 0.5,
        )
    return call


def desk_call(desk: Desk, said: Said, *, attested: bool = True, **changes: Any) -> Call:
    """The user has called."""
    return ended(desk, "desk", said, attested=attested, user=desk.user, **changes)


def returned_call(
    desk: Desk, errand: Errand | None, said: Said, *, attested: bool = True, **changes: Any
) -> Call:
    """The school has called back."""
    phone = desk.sandbox.school_phone
    user = errand.user if errand else None
    whose = {"errand": errand, "user": user, "phone": phone, "dialled": phone}
    return ended(desk, "return", said, attested=attested, **(whose | changes))


def phoned(desk: Desk, user: User, state: str, **changes: Any) -> Errand:
    """An errand for which the school was phoned an hour ago."""
    from tests.errands.test_dialing import ready_errand

    errand = ready_errand(
        desk, **({"user": user, "state": state, "tries": 1, "due_at": None} | changes)
    )
    phone, number = desk.sandbox.school_phone, next(_sids)
    Call.create(
        attempt=f"{number:032x}",
        errand=errand,
        user=user,
        phone=phone,
        dialled=phone,
        sid=f"CA-out-{number}",
        state="completed",
        created_at=desk.clock.now() - 3600 + number,
        reported_at=desk.clock.now() - 3500,
    )
    return errand
