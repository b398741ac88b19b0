"""What a user's answers teach Floyd for the next time: kept only where the user said it."""

import re
from collections.abc import Iterable

from floyd.errands.conversation import written_by
from floyd.prompts.schemas import UserFact
from floyd.reports.evidence import Said, Transcript, holds
from floyd.store.models import Errand, Fact, InboundText, User

_LONGEST_SUBJECT = 80
_LONGEST_VALUE = 300
_WORD = re.compile(r"[\w']+")


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
        if source is not None and _is_plain(fact):
            _keep(errand.user, fact, f"text:{source.id}", now)


def was_said(value: str, text: str) -> bool:
    """Return whether a text says a value: its words in their order, neither denied nor asked."""
    wanted, written = _words(value), _words(text)
    places = range(len(written) - len(wanted) + 1)
    is_quoted = bool(wanted) and any(written[at : at + len(wanted)] == wanted for at in places)
    return is_quoted and holds(value, [0], Transcript([Said(0, "callee", text)]))


def _answers(errand: Errand) -> list[InboundText]:
    """Return what the user has texted since the errand began, the newest first."""
    since = written_by(errand.user) & (InboundText.received_at >= errand.created_at)
    return list(InboundText.select().where(since).order_by(InboundText.id.desc()))


def _is_plain(fact: UserFact) -> bool:
    subject = fact.subject.strip()
    return 0 < len(subject) <= _LONGEST_SUBJECT and len(fact.value) <= _LONGEST_VALUE


def _keep(user: User, fact: UserFact, source: str, now: float) -> None:
    """Let a fact take the place of what was known of its subject, unless it is known."""
    subject, value = (" ".join(words.split()) for words in (fact.subject, fact.value))
    known = (Fact.user == user) & (Fact.subject == subject) & Fact.superseded_at.is_null()
    if Fact.select().where(known & (Fact.value == value)).exists():
        return
    Fact.update(superseded_at=now).where(known).execute()
    Fact.create(user=user, subject=subject, value=value, source=source, created_at=now)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("\u2019", "'"))
