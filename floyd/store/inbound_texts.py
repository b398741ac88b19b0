"""A text that came in becomes one row and one job, by whichever way Floyd learned of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from floyd.store.database import writing
from floyd.store.models import InboundText, User

LONGEST_BODY = 10_000
LONGEST_NAME = 64
MOST_MEDIA = 10
UNDERSTOOD_WITHIN_S = 15

# Twilio opts the sender out or in by itself and answers these words too: an answer of ours would be
# the second one, or be refused (21610).
ANSWERED_BY_TWILIO = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "start", "unstop", "help", "info"}
)


class Attachment(NamedTuple):
    """Something that came with a text: where it can be fetched, and what it is said to be."""

    url: str
    content_type: str


@dataclass(frozen=True)
class Arrival:
    """A text as Twilio told of it; `phone` is who sent it, `received_at` epoch seconds.

    Of a text that was found in Twilio's list only the number of its `media` is known.
    """

    sid: str
    phone: str
    body: str
    media_count: int
    received_at: float
    media: Sequence[Attachment] = ()


def take_in(text: Arrival, now: float) -> bool:
    """Store a text and have it understood; False when it is stored already.

    What is kept is capped, and without NUL, which PostgreSQL refuses. A text that was long on its
    way keeps the time at which it was sent: whoever reads it sees that it is too late.
    """
    sid, phone = _name(text.sid), _name(text.phone)
    body = text.body.replace("\x00", "")[:LONGEST_BODY]
    answered = body.strip().lower() in ANSWERED_BY_TWILIO
    row = {
        "sid": sid,
        "phone": phone,
        "user": User.select(User.id).where(User.phone == phone),
        "body": body,
        "media_count": min(text.media_count, MOST_MEDIA),
        "media": [attachment._asdict() for attachment in text.media[:MOST_MEDIA]] or None,
        "received_at": text.received_at,
        "understood_at": now if answered else None,
        "due_at": None if answered else now + UNDERSTOOD_WITHIN_S,
    }
    with writing() as writes:
        insert = InboundText.insert(**row).on_conflict_ignore().returning(InboundText.id)
        inserted = [stored.id for stored in insert.execute()]
        if not answered:
            for text_id in inserted:
                writes.look_at("understand_text", text_id)
    return bool(inserted)


def are_known(sids: list[str]) -> set[str]:
    """Return which of these MessageSids are stored."""
    rows = InboundText.select(InboundText.sid).where(InboundText.sid.in_(sids))
    return {row.sid for row in rows}


def _name(given: str) -> str:
    return given.replace("\x00", "").strip()[:LONGEST_NAME]
