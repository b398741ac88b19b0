"""`POST /twilio/sms/status?text=<id>`: what became of a text that we sent; only ever forward.

The URL carries our row's id, so that the status of a text finds its row even when the answer to
our request, and with it the SID, was lost.
"""

from flask import Blueprint, Response, request
from peewee import IntegrityError

from floyd.store.database import writing
from floyd.store.models import OutboundText

routes = Blueprint("sms_status", __name__)

_HANDED_OVER = frozenset({"accepted", "scheduled", "queued", "sending", "sent"})
_ENDS = frozenset({"delivered", "undelivered", "failed"})


@routes.post("/twilio/sms/status")
def text_went_on() -> Response:
    """Record the status of a text of ours; an unknown one changes nothing."""
    status = request.form.get("MessageStatus", "")
    sid = request.form.get("MessageSid", "")
    text_id = request.args.get("text", type=int)
    state = "sent" if status in _HANDED_OVER else status if status in _ENDS else None
    if state and sid and text_id is not None:
        _record(text_id, sid, state, request.form.get("ErrorCode", type=int))
    return Response(status=204)


def _record(text_id: int, sid: str, state: str, error_code: int | None) -> None:
    before = ("queued", "sending") if state == "sent" else ("queued", "sending", "sent")
    try:
        with writing():
            OutboundText.update(
                state=state, sid=sid, error_code=error_code, due_at=None, absent_at=None
            ).where(
                OutboundText.id == text_id,
                OutboundText.state.in_(before),
                OutboundText.sid.is_null() | (OutboundText.sid == sid),
            ).execute()
    except IntegrityError:
        # Another row has claimed this SID: that one has its text, this one is looked for on.
        return
