"""Short questions back to a user that belong to no errand, and what an answer to one decides.

One is open at a time, and for an hour.
"""

import re
from typing import Any

from floyd.errands.choices import picked
from floyd.errands.conversation import open_errands
from floyd.errands.decisions import YesOrNo, drops_it, yes_or_no
from floyd.errands.handling import Desk
from floyd.errands.telling import callee_of, name_of
from floyd.services.directory.protocol import Listing
from floyd.store.models import Errand, Inquiry, Question, User

WHICH = "which"
"""Which errands a wish means; `matter` has the wish, the words it stands in, and the errands."""
CONTACTS = "contacts"
"""Whether to keep contacts; `matter` has their names and numbers."""
FORGET_ALL = "forget_all"
"""Whether all that is known is to be forgotten."""

_OPEN_FOR_S = 3600
_SHORT_WORDS = 7
_MERELY = re.compile(
    r"\W*(?:(?:y|yes|yeah|yep|yup|sure|ok|okay|please|do|it|that|go|ahead|save|them|n|no|nope|nah|"
    r"not|don'?t|thanks|thank you|never ?mind|leave it)\W*)+",
    re.IGNORECASE,
)
_ALL = re.compile(r"^\W*(?:both|all|each|every)\b", re.IGNORECASE)
_NONE = re.compile(r"^\W*(?:none|neither|no\b|nothing)", re.IGNORECASE)


def ask(desk: Desk, kind: str, text: str, matter: dict[str, Any]) -> str:
    """Write down what the user is asked, in the place of what they were asked before."""
    close_all(desk.user, desk.now)
    Inquiry.create(user=desk.user, kind=kind, text=text, matter=matter, asked_at=desk.now)
    return text


def close_all(user: User, now: float) -> None:
    """Let go of what a user was asked, inside an open `writing()`."""
    unsettled = (Inquiry.user == user) & Inquiry.settled_at.is_null()
    Inquiry.update(settled_at=now).where(unsettled).execute()


def open_inquiry(user: User, now: float) -> Inquiry | None:
    """Return what a user was asked last, unless it was long ago."""
    unsettled = (Inquiry.user == user) & Inquiry.settled_at.is_null()
    recent = unsettled & (Inquiry.asked_at > now - _OPEN_FOR_S)
    found: Inquiry | None = Inquiry.select().where(recent).order_by(Inquiry.id.desc()).first()
    return found


def settles(inquiry: Inquiry, body: str) -> list[int] | YesOrNo | None:
    """Return what a text decides, if it does nothing but answer an inquiry.

    Returns:
        Ids of the errands that are meant, none of them where the wish is dropped; a yes or a no;
        None: it is about something else, or says neither.
    """
    if len(body.split()) > _SHORT_WORDS:
        return None
    if inquiry.kind == WHICH:
        return _meant(inquiry, body)
    asked_since = Question.select().where(
        Question.errand.in_([errand.id for errand in open_errands(inquiry.user)])
        & Question.answered_at.is_null()
        & (Question.asked_at > inquiry.asked_at)
    )
    return yes_or_no(body) if _MERELY.fullmatch(body) and not asked_since.exists() else None


def _meant(inquiry: Inquiry, body: str) -> list[int] | None:
    errands = [Errand.get_or_none(Errand.id == one) for one in inquiry.matter["errands"]]
    there = [errand for errand in errands if errand is not None]
    if _ALL.search(body):
        return [errand.id for errand in there]
    if _NONE.search(body) or drops_it(body):
        return []
    listings = [_as_listing(errand) for errand in there]
    found = picked(body, listings)
    return [there[listings.index(found)].id] if found else None


def _as_listing(errand: Errand) -> Listing:
    """Return an errand as something that can be picked by its words or its place in the row."""
    asked = Question.select().where(Question.errand == errand)
    questions = [question.text for question in asked]
    words = " ".join([name_of(errand), callee_of(errand), errand.request, *questions])
    return Listing(name=words, phone=str(errand.id), address="", source="", opening_hours=None)
