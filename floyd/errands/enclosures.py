"""What comes with a text: contact cards are fetched and read, and kept once the user says so."""

from collections.abc import Sequence

import structlog

from floyd.errands import inquiries
from floyd.errands.cards import MOST_BYTES, MOST_CARDS, Card, cards_in
from floyd.errands.handling import Desk
from floyd.errors import TelephonyError
from floyd.phone_numbers import for_reading
from floyd.services import Services
from floyd.store.models import InboundText

log = structlog.get_logger()

_MOST_FETCHED = 3
_VCARDS = frozenset({"text/vcard", "text/x-vcard", "text/directory", "application/vcard"})


def cards_of(services: Services, texts: Sequence[InboundText]) -> list[Card]:
    """Return the contacts that came with texts; what cannot be fetched or read is none."""
    found: list[Card] = []
    for sid, url in _enclosed(texts)[:_MOST_FETCHED]:
        try:
            found += cards_in(services.telephony.attachment(sid, url, MOST_BYTES))
        except TelephonyError as error:
            log.warning("attachment_not_read", code=error.code)
    return list(dict.fromkeys(found))[:MOST_CARDS]


def ask_to_save(desk: Desk, cards: Sequence[Card]) -> str:
    """Ask whether to keep contacts: a card may say what it likes."""
    named = [f"{card.name}, {for_reading(card.phone)}" for card in cards]
    question = f"Save {'; '.join(named)}? Yes or no?"
    matter = {"contacts": [card._asdict() for card in cards]}
    return inquiries.ask(desk, inquiries.CONTACTS, question, matter)


def _enclosed(texts: Sequence[InboundText]) -> list[tuple[str, str]]:
    """Return message and address of what is said to be a contact card."""
    return [
        (text.sid, str(media["url"]))
        for text in texts
        for media in text.media or []
        if str(media["content_type"]).partition(";")[0].strip().casefold() in _VCARDS
    ]
