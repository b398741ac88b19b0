"""From a wish to what is said about it: with its errand named, and after a short question back."""

from dataclasses import replace

from floyd.errands import inquiries, wishes
from floyd.errands.decisions import YesOrNo
from floyd.errands.handling import Desk
from floyd.errands.meaning import resolved
from floyd.errands.remembering import forget_all, save_contacts
from floyd.prompts.schemas import Wish
from floyd.store.models import InboundText, Inquiry

_ANSWERS = frozenset({"confirm", "refuse", "answer"})
_LEFT = "All right, I leave it as it is."


def carry_out(desk: Desk, wish: Wish) -> str | None:
    """Do what a wish asks for, or ask what is not clear; None: an errand's own text will answer."""
    inquiry = inquiries.open_inquiry(desk.user, desk.now) if wish.kind in _ANSWERS else None
    decided = inquiries.settles(inquiry, wish.text) if inquiry else None
    if inquiry and decided is not None:
        return " ".join(settle(desk, inquiry, decided))
    meant = resolved(desk, wish)
    return meant if isinstance(meant, str) else wishes.carry_out(desk, meant)


def settle(desk: Desk, inquiry: Inquiry, decided: list[int] | YesOrNo) -> list[str]:
    """Go on with what a user was asked, now that it is decided; returns what to say about it."""
    inquiries.close_all(desk.user, desk.now)
    if isinstance(decided, list):
        return _go_on(desk, inquiry, decided)
    if decided is YesOrNo.NO:
        return [_LEFT]
    if inquiry.kind == inquiries.CONTACTS:
        return [save_contacts(desk, inquiry.matter["contacts"])]
    return [forget_all(desk)]


def _go_on(desk: Desk, inquiry: Inquiry, errands: list[int]) -> list[str]:
    """Carry out a wish for the errands that it turned out to mean, in the words of its text."""
    if not errands:
        return [_LEFT]
    text = InboundText.get_by_id(inquiry.matter["text"])
    text.body = inquiry.matter["body"]
    wish = Wish.model_validate(inquiry.matter["wish"])
    said = [
        wishes.carry_out(replace(desk, text=text), wish.model_copy(update={"errand_id": errand}))
        for errand in errands
    ]
    return [told for told in said if told]
