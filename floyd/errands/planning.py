"""An errand gets its plan: one model call, checked in code; then it may call, or asks its user."""

from dataclasses import dataclass
from typing import Any

import structlog

from floyd.calls.brief import calls_material
from floyd.errands import limits
from floyd.errands.clearance import refusal
from floyd.errands.conversation import earlier_texts, local_time
from floyd.errands.gates import in_words, was_given
from floyd.errands.knowledge import (
    answers_material,
    contacts_material,
    contacts_of,
    facts_material,
    facts_of,
    gives_away,
    snapshot,
    texts_of,
)
from floyd.errands.learning import learn
from floyd.errands.lifecycle import State, move
from floyd.errors import ModelError
from floyd.phone_numbers import to_e164
from floyd.prompts import instructions
from floyd.prompts.schemas import Outcome, Plan
from floyd.reports.delivery import write_text
from floyd.reports.wording import numbered
from floyd.services import Services
from floyd.store.database import Writes, writing
from floyd.store.models import Contact, Errand, ErrandMove, Fact, Question

log = structlog.get_logger()

_RETRY_AFTER_S = 20
_GIVE_UP_AFTER_S = 120
_HOPELESS_AFTER_S = 1800
_NOT_PLANNED = "I'm sorry, I couldn't work out how to do this. Please try again later: {request}"
_REQUEST_LENGTH = 100


@dataclass(frozen=True)
class Knowledge:
    """What a plan was made from, and is checked against; `begun` is the move that planning is."""

    facts: list[Fact]
    contacts: list[Contact]
    texts: list[str]
    begun: int | None


def make_plan(services: Services, errand: Errand) -> bool:
    """Plan an errand: True when it became ready; else it asks its user, or fails with a reason."""
    user = errand.user
    knowledge = Knowledge(
        facts_of(user), contacts_of(user), [*texts_of(user), errand.request], _begun(errand)
    )
    try:
        plan = services.thinker.think(
            instructions("plan"), _material(services, errand, knowledge), Plan
        )
        _check_privacy(plan, errand, knowledge)
        plan = _within_limits(plan, errand)
    except ModelError as error:
        _not_planned(services, errand, error)
        return False
    contact = _contact(plan, knowledge)
    phone = contact.phone if contact else _written_number(plan, knowledge)
    questions = _questions(plan, phone)
    if questions or phone is None:
        _ask(services, errand, knowledge, plan, questions)
    elif (why := refusal(services.settings, errand, phone)) is not None:
        _refuse(services, errand, knowledge, plan, in_words(phone, why))
    else:
        return _make_ready(services, errand, plan, knowledge, phone)
    return False


def has_waited_too_long(errand: Errand, now: float) -> bool:
    """Return whether something keeps an errand from ever being planned."""
    return now > _planning_since(errand) + _HOPELESS_AFTER_S


def give_up(services: Services, errand: Errand) -> None:
    """Fail an errand that cannot be planned, and say so."""
    with writing() as writes:
        now = services.clock.now()
        why = "the model gave no plan"
        outcome = Outcome.FAILED.value
        if move(writes, errand.id, State.PLANNING, State.FAILED, why, now, outcome=outcome):
            write_text(
                writes,
                user=errand.user,
                errand=errand,
                body=_NOT_PLANNED.format(request=errand.request[:_REQUEST_LENGTH]),
                occasion=f"errand:{errand.id}:not-planned",
                now=now,
            )


def _material(services: Services, errand: Errand, knowledge: Knowledge) -> dict[str, Any]:
    return {
        "now": local_time(errand.user, services.clock.now()),
        "user": errand.user.name,
        "request": errand.request,
        "answers": answers_material(errand),
        "facts": facts_material(knowledge.facts),
        "contacts": contacts_material(knowledge.contacts),
        "calls": calls_material(errand),
        "earlier_texts": earlier_texts(errand.user, before=errand.created_at),
    }


def _contact(plan: Plan, knowledge: Knowledge) -> Contact | None:
    """Return the user's contact that a plan names, if it is one of theirs."""
    for contact in knowledge.contacts:
        if contact.id == plan.callee.contact_id:
            return contact
    return None


def _written_number(plan: Plan, knowledge: Knowledge) -> str | None:
    """Return the number that a plan copied, if the user did write it.

    What is no number at all (911) is kept as written: the gates say why it cannot be called.
    """
    written = plan.callee.phone
    if not written or not was_given(written, knowledge.texts):
        return None
    return to_e164(written) or written


def _questions(plan: Plan, phone: str | None) -> list[str]:
    """Return what must be asked before the call, each thing once."""
    questions = [question.strip() for question in plan.questions if question.strip()]
    if phone is None and not any("number" in question.casefold() for question in questions):
        questions.insert(0, f"What number should I call for {plan.callee.name}?")
    return list(dict.fromkeys(questions))


def _leave(
    writes: Writes,
    errand: Errand,
    knowledge: Knowledge,
    plan: Plan,
    to: State,
    *,
    why: str,
    now: float,
    **changes: Any,
) -> bool:
    """Move on with a plan and what it teaches, unless an answer has come since it was begun.

    The model may take longer than the lease, and another process may have planned meanwhile.
    """
    if _begun(errand) != knowledge.begun:
        return False
    kept = plan.model_dump(mode="json", exclude={"learned"})
    moved = move(writes, errand.id, State.PLANNING, to, plan=kept, why=why, now=now, **changes)
    if moved:
        learn(errand, plan.learned, now)
    return moved


def _ask(
    services: Services, errand: Errand, knowledge: Knowledge, plan: Plan, questions: list[str]
) -> None:
    with writing() as writes:
        now = services.clock.now()
        why = "something must be known first"
        if not _leave(writes, errand, knowledge, plan, State.WAITING_FOR_USER, why=why, now=now):
            return
        asked = Question.select().where(Question.errand == errand).count()
        for question in questions:
            Question.create(errand=errand, text=question, asked_at=now)
        write_text(
            writes,
            user=errand.user,
            errand=errand,
            body=f"Before I call {plan.callee.name}: {numbered(questions)}",
            occasion=f"errand:{errand.id}:questions:{asked}",
            now=now,
        )


def _refuse(
    services: Services, errand: Errand, knowledge: Knowledge, plan: Plan, body: str
) -> None:
    with writing() as writes:
        now = services.clock.now()
        if _leave(
            writes,
            errand,
            knowledge,
            plan,
            State.FAILED,
            why="a gate refused the number",
            now=now,
            outcome=Outcome.FAILED.value,
        ):
            write_text(
                writes,
                user=errand.user,
                errand=errand,
                body=body,
                occasion=f"errand:{errand.id}:refused",
                now=now,
            )


def _make_ready(
    services: Services, errand: Errand, plan: Plan, knowledge: Knowledge, phone: str
) -> bool:
    with writing() as writes:
        return _leave(
            writes,
            errand,
            knowledge,
            plan,
            State.READY,
            why="planned",
            now=services.clock.now(),
            snapshot=snapshot(errand, knowledge.facts, plan.fact_ids),
            phone=phone,
        )


def _not_planned(services: Services, errand: Errand, error: ModelError) -> None:
    """Leave an errand for another try, or give it up after two minutes of trying."""
    log.warning("errand_not_planned", errand=errand.id, error=type(error).__name__)
    now = services.clock.now()
    if now >= _planning_since(errand) + _GIVE_UP_AFTER_S:
        give_up(services, errand)
        return
    with writing():
        Errand.update(due_at=now + _RETRY_AFTER_S).where(
            (Errand.id == errand.id) & (Errand.state == State.PLANNING.value)
        ).execute()


def _within_limits(plan: Plan, errand: Errand) -> Plan:
    words = [errand.request, *(str(answer["answer"]) for answer in answers_material(errand))]
    return plan.model_copy(update={"limits": limits.checked(plan.limits, words)})


def _check_privacy(plan: Plan, errand: Errand, knowledge: Knowledge) -> None:
    """Refuse a plan that would carry into the call what its snapshot leaves out."""
    chosen = [fact.value for fact in knowledge.facts if fact.id in plan.fact_ids]
    answers = [str(answer["answer"]) for answer in answers_material(errand)]
    places = [f"{contact.name} {contact.phone} {contact.about}" for contact in knowledge.contacts]
    known = [errand.request, plan.callee.phone or "", *chosen, *answers, *places]
    private = [fact.value for fact in knowledge.facts if fact.id not in plan.fact_ids]
    if gives_away(plan.model_dump_json(exclude={"learned"}), private, known):
        raise ModelError("the plan tells more than its snapshot")


def _begun(errand: Errand) -> int | None:
    last = _last_begun(errand)
    return last.id if last else None


def _planning_since(errand: Errand) -> float:
    last = _last_begun(errand)
    return last.at if last else errand.created_at


def _last_begun(errand: Errand) -> ErrandMove | None:
    last: ErrandMove | None = (
        ErrandMove.select()
        .where((ErrandMove.errand == errand) & (ErrandMove.to_state == State.PLANNING.value))
        .order_by(ErrandMove.id.desc())
        .first()
    )
    return last
