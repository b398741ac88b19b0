"""What a call's end means for its errand: one text, one move, one mark that it was reported.

All of it is one transaction behind a compare-and-swap on `reported_at`: whatever runs twice, and
whoever reports at once, the user reads of a call once.
"""

from collections.abc import Sequence
from typing import Any

import structlog

from floyd.calls.returning import begin_awaiting
from floyd.errands.conversation import open_questions
from floyd.errands.ended import look_again, mark_reported, ready_to_report
from floyd.errands.lifecycle import MOST_TRIES, WORTH_ANOTHER_TRY, State, after_call, move
from floyd.errands.telling import callee_of
from floyd.errors import ModelError
from floyd.phone_numbers import for_reading
from floyd.prompts.schemas import Outcome
from floyd.reports import wording
from floyd.reports.delivery import write_text
from floyd.reports.summary import Summary, summarise, without_model
from floyd.services import Services
from floyd.store.database import Writes, writing
from floyd.store.models import Call, Contact, Errand, Fact, Question

log = structlog.get_logger()

_SETTLES = frozenset({Outcome.DONE, Outcome.PARTLY, Outcome.DECLINED, Outcome.DO_NOT_CALL})
_REPORT_LEASE_S = 45
_RETRY_AFTER_S = 20
_WITHOUT_MODEL_AFTER_S = 120
_HOPELESS_AFTER_S = 1800


def conclude(services: Services, call_id: int) -> None:
    """Report a call of an errand that has ended, once everything that was said is stored."""
    now = services.clock.now()
    call = ready_to_report(call_id, now)
    if call is None or call.errand is None:
        return
    if was_never_placed(call) and call.errand.tries < MOST_TRIES:
        _dial_again(call, call.errand, now)
        return
    if not _take(call, call.errand, now):
        return
    summary = _summary(services, call, now)
    if summary is None:
        look_again(call, services.clock.now() + _RETRY_AFTER_S)
    else:
        _tell(call, Errand.get_by_id(call.errand.id), summary, services.clock.now())


def _summary(services: Services, call: Call, now: float) -> Summary | None:
    """Return what came of a call, or None when the model should be asked again a little later."""
    since_end_s = now - (call.ended_at or now)
    if since_end_s > _HOPELESS_AFTER_S:
        return without_model(call)
    try:
        return summarise(services.thinker, call)
    except ModelError as error:
        log.warning("call_not_reported", call=call.id, error=type(error).__name__)
        return without_model(call) if since_end_s >= _WITHOUT_MODEL_AFTER_S else None


def was_never_placed(call: Call) -> bool:
    """Return whether Twilio, asked twice, knew nothing of a call: it never rang anywhere."""
    return call.state == "failed" and call.sid is None and call.error_code is None


def _take(call: Call, errand: Errand, now: float) -> bool:
    """Take the report of a call for a while; False when another process is at it."""
    unreported = (Call.id == call.id) & Call.reported_at.is_null()
    why = "the call has ended"
    with writing() as writes:
        lapsed = Call.select().where(unreported & (Call.due_at <= now)).exists()
        begun = call.awaited and move(writes, errand.id, State.CALLING, State.REPORTING, why, now)
        if begun or lapsed:
            Call.update(due_at=now + _REPORT_LEASE_S).where(unreported).execute()
    return bool(begun or lapsed)


def _dial_again(call: Call, errand: Errand, now: float) -> None:
    with writing() as writes:
        if mark_reported(call, now, {"outcome": "never_placed"}):
            why = "the call was never placed"
            if move(writes, errand.id, State.CALLING, State.READY, why, now, due_at=now):
                writes.look_at("advance_errand", errand.id)


def _tell(call: Call, errand: Errand, summary: Summary, now: float) -> None:
    state = _state_after(call, errand, summary)
    with writing() as writes:
        if not mark_reported(call, now, _kept(summary)):
            return
        goes_on = call.awaited or _is_settled_after_all(writes, call, errand, summary, now)
        if not goes_on and summary.said is None:
            return
        asked = _asked(call, errand, summary, state) if goes_on else list(summary.missing)
        ending = _ending(errand, call, summary, state if goes_on else None, asked)
        if goes_on:
            why = f"the call ended: {summary.outcome}"
            outcome = summary.outcome.value
            move(writes, errand.id, State.REPORTING, state, why, now, outcome=outcome)
            _ask(errand, ending, state, now)
        _learn(errand, call, summary, now)
        write_text(
            writes,
            user=errand.user,
            errand=errand,
            body=wording.text(ending),
            occasion=f"call:{call.attempt}:report",
            now=now,
        )


def _state_after(call: Call, errand: Errand, summary: Summary) -> State:
    """Return where a call takes its errand; a callee's own call is no try that was in vain."""
    own = call.role == "return" and summary.outcome in WORTH_ANOTHER_TRY
    return after_call(summary.outcome, 0 if own else errand.tries)


def _is_settled_after_all(
    writes: Writes, call: Call, errand: Errand, summary: Summary, now: float
) -> bool:
    """Have a call settle its errand that could not wait for it when it came."""
    if call.role != "return" or summary.outcome not in _SETTLES:
        return False
    why = "the call has ended"
    return begin_awaiting(errand.id, now) and move(
        writes, errand.id, State.CALLING, State.REPORTING, why, now
    )


def _kept(summary: Summary) -> dict[str, Any]:
    return {
        "outcome": summary.outcome.value,
        "claims": list(summary.claims),
        "follow_ups": list(summary.follow_ups),
        "missing": list(summary.missing),
        "shared": list(summary.shared),
    }


def _asked(call: Call, errand: Errand, summary: Summary, state: State) -> list[str]:
    """Return what the user is to answer: what is missing, else what still was when they called."""
    if summary.missing or call.role != "return" or state is not State.WAITING_FOR_USER:
        return list(summary.missing)
    return [question.text for question in open_questions(errand)]


def _ending(
    errand: Errand, call: Call, summary: Summary, state: State | None, asked: Sequence[str]
) -> wording.Ending:
    waits = state is State.WAITING_FOR_USER
    worth_it = summary.outcome in WORTH_ANOTHER_TRY | {Outcome.NEEDS_USER}
    return wording.Ending(
        outcome=summary.outcome,
        callee=callee_of(errand),
        number=for_reading(call.phone),
        claims=summary.claims,
        said=summary.said,
        questions=asked,
        follow_ups=summary.follow_ups,
        shared=summary.shared,
        tries=errand.tries,
        asks_again=waits and summary.outcome in WORTH_ANOTHER_TRY,
        tried_enough=worth_it and state is State.FAILED,
        connected=summary.connected,
        by_machine=summary.by_machine,
        called_back=call.role == "return",
        changes_nothing=state is None,
    )


def _ask(errand: Errand, ending: wording.Ending, state: State, now: float) -> None:
    """Write down what the user is asked, where the errand waits for them."""
    if state is not State.WAITING_FOR_USER:
        return
    asked_already = [question.text for question in open_questions(errand)]
    for question in ending.questions or (wording.TRY_AGAIN,):
        if question not in asked_already:
            Question.create(errand=errand, text=question, asked_at=now)


def _learn(errand: Errand, call: Call, summary: Summary, now: float) -> None:
    """Keep what the callee said of itself, and the number that was the right one."""
    source = f"call:{call.attempt}"
    for fact in summary.learned:
        subject = f"{callee_of(errand)}: {fact.subject}"
        Fact.update(superseded_at=now).where(
            (Fact.user == errand.user) & (Fact.subject == subject) & Fact.superseded_at.is_null()
        ).execute()
        Fact.create(
            user=errand.user, subject=subject, value=fact.value, source=source, created_at=now
        )
    known = (Contact.user == errand.user) & (Contact.phone == call.phone)
    if summary.outcome is Outcome.DONE and not Contact.select().where(known).exists():
        Contact.create(
            user=errand.user,
            name=callee_of(errand),
            phone=call.phone,
            source=source,
            created_at=now,
        )
