"""Tickets for the media socket: signed, bound to an attempt and a generation, good for one use.

Anybody on the internet can open our media socket; only the stream that our own TwiML started carries
a ticket. The generation fences off an older stream of the same call once a newer one was given out.
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


def claim(ticket: Ticket) -> bool:
    """Use a ticket up; False when it was used, an older one, or its call has ended."""
    with writing():
        claimed: int = (
            Call.update(token_used=ticket.generation, settled_at=None)
            .where(
                Call.attempt == ticket.attempt,
                Call.generation == ticket.generation,
                Call.token_used < ticket.generation,
                Call.ended_at.is_null(),
            )
            .execute()
        )
    return claimed == 1


def _signer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=_SALT)
