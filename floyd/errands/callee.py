"""Whom a plan phones: a contact, a number that the user wrote, or one that a look-up returned.

The model names, the code finds: no number enters a plan in any other way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from floyd.errands.choices import picked, which_one
from floyd.errands.directory import look_up, remember, town_of
from floyd.errands.gates import was_given
from floyd.errands.knowledge import Knowledge
from floyd.phone_numbers import to_e164
from floyd.prompts.schemas import PlannedCallee
from floyd.services import Services
from floyd.services.directory.protocol import Listing
from floyd.store.database import writing
from floyd.store.models import Errand, Question


@dataclass(frozen=True)
class FoundCallee:
    """What became of a plan's callee.

    Attributes:
        callee: as planned, or with the name and the contact that were found.
        phone: E.164, or as the user wrote what is no number at all; None: the user is asked.
        question: what to ask then.
        intro: what the text says before its questions.
        choices: the places that the question is about.
    """

    callee: PlannedCallee
    phone: str | None = None
    question: str = ""
    intro: str = ""
    choices: Sequence[Listing] = ()


def find_callee(
    services: Services, errand: Errand, planned: PlannedCallee, knowledge: Knowledge
) -> FoundCallee:
    """Return whom to phone, or what to ask the user about it."""
    return (
        _given(planned, knowledge)
        or _chosen(services, errand, planned)
        or _as_before(errand, planned, knowledge)
        or _looked_up(services, errand, planned, knowledge)
        or _unknown(planned)
    )


def _given(planned: PlannedCallee, knowledge: Knowledge) -> FoundCallee | None:
    """Return one of the user's contacts, or a number that stands in the user's words.

    What is no number at all (911) is kept as written: the gates say why it cannot be called.
    """
    for contact in knowledge.contacts:
        if contact.id == planned.contact_id:
            return FoundCallee(planned, contact.phone)
    written = planned.phone
    if not written or not was_given(written, knowledge.texts):
        return None
    return FoundCallee(planned, to_e164(written) or written)


def _chosen(services: Services, errand: Errand, planned: PlannedCallee) -> FoundCallee | None:
    """Return the place that the user has just picked, by their answer or as the plan has it."""
    earlier = _earlier(errand)
    if not errand.choices or (earlier and earlier.contact_id):
        return None
    listings = [Listing(**choice) for choice in errand.choices]
    answer = _answer(errand, which_one(listings))
    if answer is None:
        return None
    listing = picked(answer, listings) or _named(planned, listings)
    return _remembered(services, errand, planned, listing) if listing else None


def _answer(errand: Errand, question: str) -> str | None:
    """Return the last answer to a question of an errand."""
    asked = (Question.errand == errand) & (Question.text == question)
    last = Question.select().where(asked).order_by(Question.id.desc()).first()
    return last.answer if last else None


def _named(planned: PlannedCallee, listings: Sequence[Listing]) -> Listing | None:
    names = {planned.name.casefold(), (planned.search or "").casefold()}
    meant = [listing for listing in listings if listing.name.casefold() in names]
    return meant[0] if len(meant) == 1 else None


def _as_before(errand: Errand, planned: PlannedCallee, knowledge: Knowledge) -> FoundCallee | None:
    """Return whom an earlier plan of the errand found by the same search."""
    earlier = _earlier(errand)
    if earlier is None or planned.search is None or planned.search != earlier.search:
        return None
    return _given(earlier, knowledge)


def _looked_up(
    services: Services, errand: Errand, planned: PlannedCallee, knowledge: Knowledge
) -> FoundCallee | None:
    """Return what a directory knows, unless the user has wanted none of that before."""
    earlier = _earlier(errand)
    if not planned.search or (errand.choices and earlier and planned.search == earlier.search):
        return None
    listings = look_up(services, planned.search, town_of(knowledge.facts))
    if len(listings) == 1:
        return _remembered(services, errand, planned, listings[0])
    if not listings:
        return None
    return FoundCallee(
        planned,
        question=which_one(listings),
        intro=f"I found more than one for {planned.search}.",
        choices=listings,
    )


def _unknown(planned: PlannedCallee) -> FoundCallee:
    if planned.search:
        intro = f"I found no number for {planned.search}."
        question = "Whom should I call, and at what number?"
        return FoundCallee(planned, question=question, intro=intro)
    return FoundCallee(planned, question=f"What number should I call for {planned.name}?")


def _remembered(
    services: Services, errand: Errand, planned: PlannedCallee, listing: Listing
) -> FoundCallee:
    with writing():
        about = planned.search or ""
        contact = remember(errand.user, listing, about, services.clock.now())
    found = {"name": contact.name, "contact_id": contact.id, "phone": None}
    return FoundCallee(planned.model_copy(update=found), contact.phone)


def _earlier(errand: Errand) -> PlannedCallee | None:
    """Return the callee of the errand's plan before this one."""
    if not errand.plan:
        return None
    return PlannedCallee.model_validate({"search": None, **errand.plan["callee"]})
