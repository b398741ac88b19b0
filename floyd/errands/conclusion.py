"""What a call's end means for its errand: one text, one move, one mark that it was reported.

All of it is one transaction behind a compare-and-swap on `reported_at`: whatever runs twice, and
whoever reports at once, the user reads of a call once.
"""

from typing import Any

import structlog

from floyd.calls.progress import FINAL
from floyd.errands.lifecycle import MOST_TRIES, WORTH_ANOTHER_TRY, State, after_call, move
from floyd.errands.telling import callee_of
from floyd.errors import ModelError
from floyd.phone_numbers import for_reading
from floyd.prompts.schemas import Outcome
from floyd.reports import wording
from floyd.reports.delivery import write_text
from floyd.reports.summary import Summary, summarise, without_model
from floyd.services import Services
from floyd.store.database import writing
from floyd.store.models import Call, Contact, Errand, Fact, Question

log = structlog.get_logger()

SETTLES_WITHIN_S = 10
_REPORT_LEASE_S = 45
_RETRY_AFTER_S = 20
_WITHOUT_MODEL_AFTER_S = 120
_HOPELESS_AFTER_S = 1800


def conclude(services: Services, call_id: int) -> None:
    """Report a call that has ended, once everything that was said is stored."""
    call = Call.get_or_none(Call.id == call_id)
    if call is None or call.state not in FINAL or call.reported_at is not None:
        return
    now = services.clock.now()
    if not _is_settled(call, now):
        _look_again(call, (call.ended_at or now) + SETTLES_WITHIN_S)
        return
    if was_never_placed(call) and call.errand.tries < MOST_TRIES:
        _dial_again(call, now)
        return
    if not _take(call, now):
        return
    summary = _summary(services, call, now)
    if summary is None:
        _look_again(call, services.clock.now() + _RETRY_AFTER_S)
    else:
        _tell(call, summary, services.clock.now())


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


def _is_settled(call: Call, now: float) -> bool:
    """Return whether the transcript is complete, or as complete as it will get."""
    return (
        call.token_used == 0
        or call.settled_at is not None
        or now >= (call.ended_at or 0) + SETTLES_WITHIN_S
    )


def _take(call: Call, now: float) -> bool:
    """Take the report of a call for a while; False when another process is at it."""
    unreported = (Call.id == call.id) & Call.reported_at.is_null()
    why = "the call has ended"
    with writing() as writes:
        lapsed = Call.select().where(unreported & (Call.due_at <= now)).exists()
        begun = move(writes, call.errand.id, State.CALLING, State.REPORTING, why, now)
        if begun or lapsed:
            Call.update(due_at=now + _REPORT_LEASE_S).where(unreported).execute()
    return bool(begun or lapsed)


def _look_again(call: Call, due_at: float) -> None:
    with writing():
        Call.update(due_at=due_at).where(
            (Call.id == call.id) & Call.reported_at.is_null()
        ).execute()


def _dial_again(call: Call, now: float) -> None:
    with writing() as writes:
        if _mark_reported(call, now, {"outcome": "never_placed"}):
            why = "the call was never placed"
            errand_id = call.errand.id
            if move(writes, errand_id, State.CALLING, State.READY, why, now, due_at=now):
                writes.look_at("advance_errand", errand_id)


def _tell(call: Call, summary: Summary, now: float) -> None:
    errand = Errand.get_by_id(call.errand.id)
    state = after_call(summary.outcome, errand.tries)
    with writing() as writes:
        if not _mark_reported(call, now, _kept(summary)):
            return
        move(
            writes,
            errand.id,
            State.REPORTING,
            state,
            f"the call ended: {summary.outcome}",
            now,
            outcome=summary.outcome.value,
        )
        _ask(errand, summary, state, now)
        _learn(errand, call, summary, now)
        write_text(
            writes,
            user=errand.user,
            errand=errand,
            body=wording.text(_ending(errand, call, summary, state)),
            occasion=f"call:{call.attempt}:report",
            now=now,
        )


def _mark_reported(call: Call, now: float, report: dict[str, Any]) -> bool:
    marked = (
        Call.update(report=report, reported_at=now, due_at=None)
        .where((Call.id == call.id) & Call.reported_at.is_null())
        .execute()
    )
    return bool(marked == 1)


def _kept(summary: Summary) -> dict[str, Any]:
    return {
        "outcome": summary.outcome.value,
        "claims": list(summary.claims),
        "follow_ups": list(summary.follow_ups),
        "missing": list(summary.missing),
        "shared": list(summary.shared),
    }


def _ending(errand: Errand, call: Call, summary: Summary, state: State) -> wording.Ending:
    waits = state is State.WAITING_FOR_USER
    worth_it = summary.outcome in WORTH_ANOTHER_TRY | {Outcome.NEEDS_USER}
    return wording.Ending(
        outcome=summary.outcome,
        callee=callee_of(errand),
        number=for_reading(call.phone),
        claims=summary.claims,
        said=summary.said,
        questions=summary.missing,
        follow_ups=summary.follow_ups,
        shared=summary.shared,
        tries=errand.tries,
        asks_again=waits and summary.outcome in WORTH_ANOTHER_TRY,
        tried_enough=worth_it and not waits,
        connected=summary.connected,
        by_machine=summary.by_machine,
    )


def _ask(errand: Errand, summary: Summary, state: State, now: float) -> None:
    """Write down what the user is asked, where the errand waits for them."""
    if state is not State.WAITING_FOR_USER:
        return
    for question in summary.missing or (wording.TRY_AGAIN,):
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
