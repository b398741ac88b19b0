"""What the model is told of a user's conversation: their errands, questions and last texts."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from floyd.errands.lifecycle import CLOSED, OPEN
from floyd.store.models import (
    Call,
    Contact,
    Errand,
    ErrandMove,
    Fact,
    InboundText,
    OutboundText,
    Question,
    User,
    Utterance,
)

_EARLIER_TEXTS = 10
_EARLIER_LENGTH = 500
_MOST_RECENT = 5
_RECENT_S = 86_400
_MOST_KNOWN = 60


def local_time(user: User, now: float) -> str:
    """Return the user's local time, in words that a model reads without doubt."""
    local = datetime.fromtimestamp(now, ZoneInfo(user.zone))
    return f"{local:%A, %Y-%m-%d %H:%M} ({user.zone})"


def open_errands(user: User) -> list[Errand]:
    """Return what a user waits for, oldest first."""
    states = [state.value for state in OPEN]
    return list(
        Errand.select().where((Errand.user == user) & Errand.state.in_(states)).order_by(Errand.id)
    )


def open_questions(errand: Errand) -> list[Question]:
    """Return what an errand has asked its user and not been told, in order."""
    return list(
        Question.select()
        .where((Question.errand == errand) & Question.answered_at.is_null())
        .order_by(Question.id)
    )


def errands_material(user: User) -> list[dict[str, Any]]:
    """Return a user's open errands as the model reads them."""
    return [
        {
            "id": errand.id,
            "request": errand.request,
            "state": errand.state,
            "questions": [question.text for question in open_questions(errand)],
        }
        for errand in open_errands(user)
    ]


def recent_material(user: User, now: float) -> list[dict[str, Any]]:
    """Return a user's errands that ended within a day, the last one first, for the model."""
    ends = [state.value for state in CLOSED]
    ended = ErrandMove.to_state.in_(ends) & (ErrandMove.at > now - _RECENT_S)
    moves = (
        ErrandMove.select()
        .join(Errand)
        .where((Errand.user == user) & ended)
        .order_by(ErrandMove.id.desc())
        .limit(_MOST_RECENT)
    )
    errands = [move.errand for move in moves]
    return [{"id": one.id, "request": one.request, "state": one.state} for one in errands]


def known_subjects(user: User) -> list[str]:
    """Return what there is something known about, names of contacts included; no values."""
    current = (Fact.user == user) & Fact.superseded_at.is_null()
    facts = Fact.select(Fact.subject).where(current).order_by(Fact.id.desc()).limit(_MOST_KNOWN)
    contacts = Contact.select(Contact.name).where(Contact.user == user).limit(_MOST_KNOWN)
    names = [fact.subject for fact in facts] + [contact.name for contact in contacts]
    return list(dict.fromkeys(names))


def written_by(user: User) -> Any:
    """Return the condition that a text is surely a user's own: written, or said by them.

    Who calls from their number without being vouched for may be anybody.
    """
    vouched_for = Call.select(Call.id).where(Call.attested == True)  # noqa: E712 - it is SQL
    return (InboundText.phone == user.phone) & (
        InboundText.call.is_null() | InboundText.call.in_(vouched_for)
    )


def dialogue(call: Call) -> list[dict[str, str]]:
    """Return what a user and Floyd said in a call, as the model reads it."""
    said = Utterance.select().where(Utterance.call == call).order_by(Utterance.position)
    speakers = {"callee": "user", "floyd": "floyd"}
    return [
        {"speaker": speakers[row.speaker], "text": row.text}
        for row in said
        if row.speaker in speakers and row.text.strip()
    ]


def earlier_texts(user: User, before: float) -> list[dict[str, str]]:
    """Return the last texts of a conversation, both ways, oldest first.

    Args:
        user: whose conversation.
        before: epoch seconds; texts of that moment and later are left out.
    """
    # What the user wanted forgotten is not in it.
    remembered = InboundText.forgotten_at.is_null()
    theirs = (
        InboundText.select()
        .where(written_by(user) & (InboundText.received_at < before) & remembered)
        .order_by(InboundText.received_at.desc())
        .limit(_EARLIER_TEXTS)
    )
    ours = (
        OutboundText.select()
        .where((OutboundText.phone == user.phone) & (OutboundText.created_at < before))
        .order_by(OutboundText.created_at.desc())
        .limit(_EARLIER_TEXTS)
    )
    texts = [(text.received_at, "user", text.body) for text in theirs]
    texts += [(text.created_at, "floyd", text.body) for text in ours]
    return [
        {"from": sender, "text": body[:_EARLIER_LENGTH]}
        for _, sender, body in sorted(texts)[-_EARLIER_TEXTS:]
    ]
