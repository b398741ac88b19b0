"""What a user says teaches Floyd for the next time: kept only where the user said it."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from floyd.errands.conversation import written_by
from floyd.prompts.schemas import UserFact
from floyd.reports.evidence import Said, Transcript, holds
from floyd.store.models import Errand, Fact, InboundText, User

SURE = 1.0
"""The user said just that."""
LIKELY = 0.9
"""The user said it in passing, as an answer or with a request."""
HEARD = 0.6
"""A callee said it of itself."""

_LONGEST_SUBJECT = 80
_LONGEST_VALUE = 300
_LONGEST_LIFE_DAYS = 730
_WORD = re.compile(r"[\w']+")
_NAME = re.compile(r"[^\W\d_]+")
_OWN = re.compile(r"^(?:my|our|the user's|user's)\s+", re.IGNORECASE)


def learn(errand: Errand, learned: Iterable[UserFact], now: float) -> None:
    """Keep what an errand's answers say about its user, inside an open `writing()`.

    Args:
        errand: whose user has answered.
        learned: as the model wrote it down; what the user did not say is dropped.
        now: epoch seconds.
    """
    texts = _answers(errand)
    for fact in learned:
        source = next((text for text in texts if was_said(fact.value, text.body)), None)
        if source is not None and is_plain(fact):
            keep(errand.user, fact, f"text:{source.id}", now, LIKELY)


def keep(user: User, fact: UserFact, source: str, now: float, confidence: float) -> None:
    """Let a fact take the place of what was known of its subject, unless it is known.

    Runs inside an open `writing()`.
    """
    subject, value = subject_of(user, fact), _on_one_line(fact.value)
    current = (Fact.user == user) & Fact.superseded_at.is_null()
    known = [
        one for one in Fact.select().where(current) if one.subject.casefold() == subject.casefold()
    ]
    if any(one.value == value for one in known):
        return
    Fact.update(superseded_at=now).where(Fact.id.in_([one.id for one in known])).execute()
    Fact.create(
        user=user,
        subject=subject,
        value=value,
        source=source,
        created_at=now,
        confidence=confidence,
        expires_at=expiry(fact.until, user, now),
    )


def subject_of(user: User, fact: UserFact) -> str:
    """Return what a fact is about, with the user's name for "my"."""
    subject = _on_one_line(fact.subject)
    owner = user.name.split()[0] if user.name.strip() else user.name
    return _OWN.sub(lambda _: f"{owner}'s ", subject)


def expiry(until: str | None, user: User, now: float) -> float | None:
    """Return when a fact stops to hold: when its last day is over where the user lives."""
    try:
        last = date.fromisoformat(until or "")
    except ValueError:
        return None
    begins = datetime.combine(last + timedelta(days=1), time(), ZoneInfo(user.zone)).timestamp()
    return begins if now < begins < now + _LONGEST_LIFE_DAYS * 86_400 else None


def is_about_known(fact: UserFact, words: str, known: Iterable[str]) -> bool:
    """Return whether whoever a fact is said to be of is known, or named by the user."""
    owner, has_owner, _ = fact.subject.replace("\u2019", "'").partition("'s")
    allowed = " ".join([words, *known]).casefold()
    return not has_owner or all(name in allowed for name in _NAME.findall(owner.casefold()))


def is_plain(fact: UserFact) -> bool:
    """Return whether a fact is neither empty nor a novel."""
    subject = fact.subject.strip()
    return 0 < len(subject) <= _LONGEST_SUBJECT and len(fact.value) <= _LONGEST_VALUE


def was_said(value: str, text: str) -> bool:
    """Return whether a text says a value: its words in their order, neither denied nor asked."""
    wanted, written = _words(value), _words(text)
    places = range(len(written) - len(wanted) + 1)
    is_quoted = bool(wanted) and any(written[at : at + len(wanted)] == wanted for at in places)
    return is_quoted and holds(value, [0], Transcript([Said(0, "callee", text)]))


def _answers(errand: Errand) -> list[InboundText]:
    """Return what the user has texted since the errand began, the newest first.

    What they wanted forgotten is not learned again.
    """
    since = written_by(errand.user) & (InboundText.received_at >= errand.created_at)
    taught = since & InboundText.forgotten_at.is_null()
    return list(InboundText.select().where(taught).order_by(InboundText.id.desc()))


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("\u2019", "'"))
