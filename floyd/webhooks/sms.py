"""`POST /twilio/sms`: a text came in: one row by its MessageSid, committed, then a job.

Twilio repeats and reorders: a text that is stored already changes nothing.
"""

from typing import Any

from flask import Blueprint, Response, abort, request

from floyd.services.telephony.twilio import empty_messaging_twiml
from floyd.store.database import writing
from floyd.store.models import InboundText, User
from floyd.webhooks import house

routes = Blueprint("sms", __name__)

LONGEST_BODY = 10_000
LONGEST_NAME = 64
UNDERSTOOD_WITHIN_S = 15

# Twilio opts the sender out or in by itself and answers these words too: an answer of ours would be
# the second one, or be refused (21610).
ANSWERED_BY_TWILIO = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "start", "unstop", "help", "info"}
)


@routes.post("/twilio/sms")
def text_came_in() -> Response:
    """Store a text and have it understood."""
    now = house().clock.now()
    text = _text(request.form, now)
    with writing() as writes:
        inserted = InboundText.insert(**text).on_conflict_ignore().as_rowcount().execute()
        if inserted and text["due_at"] is not None:
            stored = InboundText.get(InboundText.sid == text["sid"])
            writes.look_at("understand_text", stored.id)
    return Response(empty_messaging_twiml(), mimetype="text/xml")


def _text(fields: Any, now: float) -> dict[str, Any]:
    """Return a row of what Twilio posted: capped, and without NUL, which PostgreSQL refuses."""
    sid, phone = _field(fields, "MessageSid"), _field(fields, "From")
    if not sid or not phone:
        abort(400)
    body = fields.get("Body", "").replace("\x00", "")[:LONGEST_BODY]
    answered = body.strip().lower() in ANSWERED_BY_TWILIO
    return {
        "sid": sid,
        "phone": phone,
        "user": User.get_or_none(User.phone == phone),
        "body": body,
        "media_count": _count(fields.get("NumMedia", "0")),
        "received_at": now,
        "understood_at": now if answered else None,
        "due_at": None if answered else now + UNDERSTOOD_WITHIN_S,
    }


def _field(fields: Any, name: str) -> str:
    value: str = fields.get(name, "").replace("\x00", "").strip()
    return value[:LONGEST_NAME]


def _count(written: str) -> int:
    return min(int(written), 10) if written.isascii() and written.isdigit() else 0
