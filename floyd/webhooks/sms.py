"""`POST /twilio/sms`: a text came in: one row by its MessageSid, committed, then a job.

Twilio repeats and reorders: a text that is stored already changes nothing. What is answered with
5xx, or never gets here, is found in Twilio's list (see `floyd.jobs.find_texts`).
"""

from flask import Blueprint, Response, abort, request

from floyd.services.telephony.twilio import empty_messaging_twiml
from floyd.store.inbound_texts import MOST_MEDIA, Arrival, Attachment, take_in
from floyd.webhooks import field, house

_LONGEST_URL = 500

routes = Blueprint("sms", __name__)


@routes.post("/twilio/sms")
def text_came_in() -> Response:
    """Store a text and have it understood."""
    now = house().clock.now()
    fields = request.form
    sid, phone = field("MessageSid"), field("From")
    if not sid or not phone:
        abort(400)
    media_count = _count(fields.get("NumMedia", "0"))
    body, media = fields.get("Body", ""), _media(media_count)
    take_in(Arrival(sid, phone, body, media_count, received_at=now, media=media), now)
    return Response(empty_messaging_twiml(), mimetype="text/xml")


def _media(count: int) -> list[Attachment]:
    """Return what came with the text, as far as it is looked at at all."""
    numbers = range(min(count, MOST_MEDIA))
    given = [
        (request.form.get(f"MediaUrl{number}", ""), field(f"MediaContentType{number}"))
        for number in numbers
    ]
    return [
        Attachment(url, kind)
        for url, kind in given
        if url.isprintable() and 0 < len(url) <= _LONGEST_URL
    ]


def _count(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 4 else 0
