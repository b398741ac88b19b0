"""Looks up whom to phone where the user gave no number, and remembers where a number came from."""

import re
from collections.abc import Sequence

import structlog

from floyd.errors import DirectoryError
from floyd.services import Services
from floyd.services.directory.protocol import Listing
from floyd.store.models import Contact, Fact, User

log = structlog.get_logger()

_LEARNED_FROM_A_CALL = "call:"
_TOWN = re.compile(r"\b(?:town|city|hometown)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"\b(?:home|address)\b", re.IGNORECASE)
_LIVES_IN = re.compile(
    r"\b(?i:live|lives|living|based|located|home is) in (?P<town>[A-Z][\w'.-]*"
    r"(?: [A-Z][\w'.-]*)*(?:, [A-Z]\w+)?)"
)
_LONGEST_TOWN = 60


def look_up(services: Services, search: str, near: str | None) -> list[Listing]:
    """Return the places that may be meant, one for each number; none when none can be found.

    Where exactly one has the very name that was looked for, it is that one.
    """
    try:
        found = services.directory.find(search, near)
    except DirectoryError as error:
        log.warning("place_not_looked_up", error=type(error).__name__, retryable=error.retryable)
        return []
    by_phone: dict[str, Listing] = {}
    for listing in found:
        by_phone.setdefault(listing.phone, listing)
    listings = list(by_phone.values())
    named = [one for one in listings if one.name.casefold() == search.casefold()]
    return named if len(named) == 1 else listings


def remember(user: User, listing: Listing, about: str, now: float) -> Contact:
    """Return the user's contact with a listing's number, made with its source where new.

    Runs inside an open `writing()`.
    """
    known: Contact | None = Contact.get_or_none(
        (Contact.user == user) & (Contact.phone == listing.phone)
    )
    if known is not None:
        return known
    contact: Contact = Contact.create(
        user=user,
        name=listing.name,
        phone=listing.phone,
        about=", ".join(part for part in (about, listing.address) if part),
        source=listing.source,
        created_at=now,
    )
    return contact


def town_of(facts: Sequence[Fact]) -> str | None:
    """Return the town that a user lives in, as far as it is known; no street, that is private."""
    own = [fact for fact in facts if not fact.source.startswith(_LEARNED_FROM_A_CALL)]
    towns = [fact.value for fact in own if _TOWN.search(fact.subject)]
    towns += [found["town"] for fact in own if (found := _LIVES_IN.search(fact.value))]
    towns += [
        fact.value.partition(",")[2]
        for fact in own
        if _ADDRESS.search(fact.subject) and _is_the_users(fact)
    ]
    return next((town.strip()[:_LONGEST_TOWN] for town in towns if town.strip()), None)


def _is_the_users(fact: Fact) -> bool:
    """Return whether a fact is about the user, not about somebody whom it names."""
    owner, has_owner, _ = fact.subject.replace("\u2019", "'").partition("'s ")
    return not has_owner or owner.casefold() in fact.user.name.casefold()
