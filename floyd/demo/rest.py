"""Tells when Floyd has nothing left to do, from its own database: when to judge, never how."""

from peewee import fn

from floyd.demo.users_phone import UsersPhone
from floyd.errands.lifecycle import CLOSED, State
from floyd.store.models import Call, Errand, InboundText, OutboundText

# Whom it tries again much later it has told so.
_AT_REST = (*CLOSED, State.WAITING_FOR_USER, State.SCHEDULED)
_ON_THEIR_WAY = ("queued", "sending", "sent")


def is_at_rest(user: UsersPhone) -> bool:
    """Say whether all that reached Floyd is dealt with; needs an open connection."""
    return _has_dealt_with_texts(user) and _has_dealt_with_calls(user) and _is_waiting()


def _has_dealt_with_texts(user: UsersPhone) -> bool:
    written = InboundText.select().where(InboundText.call.is_null()).count()
    is_reading = InboundText.select().where(InboundText.understood_at.is_null()).exists()
    return written == user.texts and not is_reading


def _has_dealt_with_calls(user: UsersPhone) -> bool:
    taken = Call.select(
        fn.COUNT(Call.id), fn.COUNT(Call.ended_at), fn.COUNT(Call.reported_at)
    ).where(Call.role != "errand")
    return bool(taken.tuples().get() == (user.calls,) * 3)


def _is_waiting() -> bool:
    errands = [errand.state for errand in Errand.select(Errand.state)]
    is_texting = OutboundText.select().where(OutboundText.state.in_(_ON_THEIR_WAY)).exists()
    return bool(errands) and all(state in _AT_REST for state in errands) and not is_texting
