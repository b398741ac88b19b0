"""What an operator tells Floyd: whom it works for and what it should know about them."""

from zoneinfo import available_timezones

from floyd.errors import InputRefused
from floyd.phone_numbers import to_e164, zones_of
from floyd.store.database import writing
from floyd.store.models import Contact, Fact, User

OPERATOR = "operator"
"""The source of what was not learned from a text or a call."""


def add_user(phone: str, name: str, zone: str | None, now: float) -> User:
    """Serve someone from now on, or give a known user another name and zone.

    Args:
        phone: as people write it.
        name: what Floyd calls them, and whom it says it is calling for.
        zone: IANA time zone; None takes the first one that the number is at home in.
        now: epoch seconds.

    Raises:
        InputRefused: the number is none, or the zone is.
    """
    e164 = _number(phone)
    if zone is not None and zone not in available_timezones():
        raise InputRefused("no such zone", user_text=f"{zone} is not an IANA time zone.")
    row = {"name": name, "zone": zone or zones_of(e164)[0], "created_at": now}
    kept = [User.name, User.zone]
    with writing():
        User.insert(phone=e164, **row).on_conflict(
            conflict_target=[User.phone], preserve=kept
        ).execute()
        user: User = User.get(User.phone == e164)
    return user


def user_with(phone: str) -> User:
    """Return the user with a number.

    Raises:
        InputRefused: nobody has it.
    """
    user: User | None = User.get_or_none(User.phone == _number(phone))
    if user is None:
        raise InputRefused("no such user", user_text=f"No user has the number {phone}.")
    return user


def add_fact(
    user: User,
    subject: str,
    value: str,
    now: float,
    *,
    confidence: float = 1.0,
    expires_at: float | None = None,
) -> Fact:
    """Let Floyd know something about a user; what it knew of the subject is superseded."""
    with writing():
        Fact.update(superseded_at=now).where(
            Fact.user == user, Fact.subject == subject, Fact.superseded_at.is_null()
        ).execute()
        fact: Fact = Fact.create(
            user=user,
            subject=subject,
            value=value,
            source=OPERATOR,
            created_at=now,
            confidence=confidence,
            expires_at=expires_at,
        )
    return fact


def facts_of(user: User, now: float) -> list[Fact]:
    """Return what Floyd knows about a user and still holds, oldest first."""
    holds = Fact.expires_at.is_null() | (Fact.expires_at > now)
    known = Fact.select().where(Fact.user == user, Fact.superseded_at.is_null(), holds)
    return list(known.order_by(Fact.id))


def add_contact(user: User, name: str, phone: str, now: float) -> Contact:
    """Let Floyd know whom a user may want phoned.

    Raises:
        InputRefused: the number is none.
    """
    with writing():
        contact: Contact = Contact.create(
            user=user, name=name, phone=_number(phone), source=OPERATOR, created_at=now
        )
    return contact


def _number(written: str) -> str:
    e164 = to_e164(written)
    if e164 is None:
        raise InputRefused("not a number", user_text=f"{written} is not a valid phone number.")
    return e164
