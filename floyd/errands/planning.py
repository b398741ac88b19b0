"""An errand gets its plan: one model call, checked in code; then it may call, or asks its user."""

import re
from dataclasses import asdict
from typing import Any

import structlog

from floyd.calls.earlier_calls import calls_material
from floyd.errands import limits
from floyd.errands.callee import FoundCallee, find_callee
from floyd.errands.clearance import refusal
from floyd.errands.conversation import earlier_texts, local_time
from floyd.errands.directory import town_of
from floyd.errands.gates import in_words
from floyd.errands.knowledge import (
    Knowledge,
    answers_material,
    contacts_material,
    contacts_of,
    facts_material,
    facts_of,
    gives_away,
    snapshot,
    tellable,
    texts_of,
    users_words,
)
from floyd.errands.learning import learn
from floyd.errands.lifecycle import State, move
from floyd.errors import ModelError
from floyd.prompts import instructions
from floyd.prompts.schemas import Outcome, Plan
from floyd.reports.delivery import write_text
from floyd.reports.wording import numbered
from floyd.services import Services
from floyd.store.database import Writes, writing
from floyd.store.models import Errand, ErrandMove, Question

log = structlog.get_logger()

_RETRY_AFTER_S = 20
_GIVE_UP_AFTER_S = 120
_HOPELESS_AFTER_S = 1800
_NOT_PLANNED = "I'm sorry, I couldn't work out how to do this. Please try again later: {request}"
_REQUEST_LENGTH = 100
_ASKS_FOR_NUMBER = re.compile(
    r"\bnumber (?:should|shall|can|do) I (?:call|phone|dial)\b", re.IGNORECASE
)


def make_plan(services: Services, errand: Errand) -> bool:
    """Plan an errand: True when it became ready; else it asks its user, or fails with a reason."""
    knowledge = _knowledge(errand, services.clock.now())
    try:
        plan = services.thinker.think(
            instructions("plan"), _material(services, errand, knowledge), Plan
        )
        _check_privacy(plan, errand, knowledge)
        plan = _within_limits(plan, errand)
    except ModelError as error:
        _not_planned(services, errand, error)
        return False
    found = find_callee(services, errand, plan.callee, knowledge)
    plan, phone = plan.model_copy(update={"callee": found.callee}), found.phone
    if (questions := _questions(plan, found)) or phone is None:
        _ask(services, errand, knowledge, plan, found, questions)
    elif (why := refusal(services.settings, errand, phone)) is not None:
        _refuse(services, errand, knowledge, plan, in_words(phone, why))
    else:
        return _make_ready(services, errand, plan, knowledge, phone)
    return False


def _knowledge(errand: Errand, now: float) -> Knowledge:
    user = errand.user
    known = facts_of(user, now)
    facts = tellable(known, users_words(errand))
    return Knowledge(
        facts=facts,
        withheld=[fact for fact in known if fact not in facts],
        contacts=contacts_of(user),
        texts=[*texts_of(user), errand.request],
        begun=_begun(errand),
    )


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


def _questions(plan: Plan, found: FoundCallee) -> list[str]:
    """Return what must be asked before the call, each thing once: first which place is meant."""
    if found.choices:
        return [found.question]
    questions = [question.strip() for question in plan.questions if question.strip()]
    if found.phone is not None:
        questions = [question for question in questions if not _ASKS_FOR_NUMBER.search(question)]
    elif not any("number" in question.casefold() for question in questions):
        questions.insert(0, found.question)
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
    services: Services,
    errand: Errand,
    knowledge: Knowledge,
    plan: Plan,
    found: FoundCallee,
    questions: list[str],
) -> None:
    choices = [asdict(listing) for listing in found.choices] or errand.choices
    intro = found.intro or f"Before I call {plan.callee.name}:"
    with writing() as writes:
        now = services.clock.now()
        why = "something must be known first"
        to = State.WAITING_FOR_USER
        if not _leave(writes, errand, knowledge, plan, to, why=why, now=now, choices=choices):
            return
        asked = Question.select().where(Question.errand == errand).count()
        for question in questions:
            Question.create(errand=errand, text=question, asked_at=now)
        write_text(
            writes,
            user=errand.user,
            errand=errand,
            body=f"{intro} {numbered(questions)}",
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
    town = town_of(knowledge.facts) or ""
    known = [errand.request, plan.callee.phone or "", town, *chosen, *answers, *places]
    unchosen = [fact for fact in knowledge.facts if fact.id not in plan.fact_ids]
    private = [fact.value for fact in (*unchosen, *knowledge.withheld)]
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
