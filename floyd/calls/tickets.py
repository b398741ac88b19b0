"""Tickets for the media socket: signed, bound to an attempt and a generation, good for one use.

Anybody on the internet can open our media socket; only the stream that our own TwiML started
carries a ticket. The generation fences off an older stream of the same call once a newer one was
given out.
"""

from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from floyd.store.database import writing
from floyd.store.models import Call

_SALT = "media-stream"


@dataclass(frozen=True)
class Ticket:
    """The right to carry one stream of one call."""

    attempt: str
    generation: int


def mint(secret_key: str, attempt: str, generation: int) -> str:
    """Return a ticket as text, for a `<Parameter>` of the stream."""
    return _signer(secret_key).dumps([attempt, generation])


def read(secret_key: str, text: str) -> Ticket | None:
    """Return the ticket that a text stands for, or None when we did not sign it."""
    try:
        attempt, generation = _signer(secret_key).loads(text)
    except (BadSignature, ValueError, TypeError):
        return None
    return Ticket(str(attempt), int(generation))


def claim(ticket: Ticket, call_sid: str) -> bool:
    """Use a ticket up; False when it was used, is an older one, or its call has ended.

    Args:
        ticket: as it was read.
        call_sid: Twilio's name of the call that the stream says it is; learned here if the answer
            to our dial never came.
    """
    with writing():
        claimed: int = (
            Call.update(
                token_used=ticket.generation, generation_lost=0, settled_at=None, sid=call_sid
            )
            .where(
                Call.attempt == ticket.attempt,
                Call.generation == ticket.generation,
                Call.token_used < ticket.generation,
                Call.ended_at.is_null(),
                Call.sid.is_null() | (Call.sid == call_sid),
            )
            .execute()
        )
    return claimed == 1


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=_SALT)
