"""What a call's end means for its errand: one text, one move, one mark that it was reported.

All of it is one transaction behind a compare-and-swap on `reported_at`: whatever runs twice, and
whoever reports at once, the user reads of a call once.
"""

from typing import Any

import structlog

from floyd.calls.returning import begin_awaiting
from floyd.errands.conversation import open_questions
from floyd.errands.ended import look_again, mark_reported, ready_to_report
from floyd.errands.following import Following, following
from floyd.errands.learning import HEARD
from floyd.errands.lifecycle import MOST_UNPLACED, State, move
from floyd.errands.retries import RETRIED
from floyd.errands.telling import callee_of
from floyd.errors import ModelError
from floyd.phone_numbers import for_reading
from floyd.prompts.schemas import Outcome
from floyd.reports import wording
from floyd.reports.delivery import write_text
from floyd.reports.moments import in_short, in_words
from floyd.reports.summary import Summary, summarise, without_model
from floyd.services import Services
from floyd.store.database import Writes, writing
from floyd.store.models import Call, Contact, Errand, Fact, Question

log = structlog.get_logger()

_SETTLES = frozenset({Outcome.DONE, Outcome.PARTLY, Outcome.DECLINED, Outcome.DO_NOT_CALL})
_WELL = frozenset({Outcome.DONE, Outcome.PARTLY})
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
    if was_never_placed(call) and _unplaced(call.errand) < MOST_UNPLACED:
        _dial_again(call, call.errand, now)
        return
    if not _take(call, call.errand, now):
        return
    summary = _summary(services, call, now)
    if summary is None:
        look_again(call, services.clock.now() + _RETRY_AFTER_S)
    else:
        _tell(services, call, Errand.get_by_id(call.errand.id), summary)


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


def _unplaced(errand: Errand) -> int:
    calls = Call.select().where(Call.errand == errand)
    return len([call for call in calls if was_never_placed(call)])


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


def _tell(services: Services, call: Call, errand: Errand, summary: Summary) -> None:
    now = services.clock.now()
    next_ = following(services.settings, call, errand, summary.outcome, now)
    with writing() as writes:
        if not mark_reported(call, now, _kept(summary, next_)):
            return
        if call.awaited or _is_settled_after_all(writes, call, errand, summary, now):
            _go_on(writes, call, errand, summary, next_, now)
        elif _answers_message(errand, summary):
            ending = _ending(call, errand, summary, Following(State.DONE), now)
            _write(writes, call, errand, ending, now)
        elif summary.said is not None:
            _write(writes, call, errand, _ending(call, errand, summary, None, now), now)
        else:
            return
        _learn(errand, call, summary, now)


def _go_on(
    writes: Writes, call: Call, errand: Errand, summary: Summary, next_: Following, now: float
) -> None:
    """Take an errand where its call leads, and tell its user, unless they know already."""
    why = f"the call ended: {summary.outcome}"
    changes: dict[str, Any] = {"outcome": summary.outcome.value}
    if next_.due_at is not None:
        changes["due_at"] = next_.due_at
    move(writes, errand.id, State.REPORTING, next_.state, why, now, **changes)
    if next_.is_told:
        ending = _ending(call, errand, summary, next_, now)
        _ask(errand, ending, next_.state, now)
        _write(writes, call, errand, ending, now)


def _write(writes: Writes, call: Call, errand: Errand, ending: wording.Ending, now: float) -> None:
    write_text(
        writes,
        user=errand.user,
        errand=errand,
        body=wording.text(ending),
        occasion=f"call:{call.attempt}:report",
        now=now,
    )


def _answers_message(errand: Errand, summary: Summary) -> bool:
    """Have an errand that ended with a message come to more than that: it was called back."""
    if summary.outcome not in _WELL:
        return False
    left = (Errand.id == errand.id) & (Errand.outcome == Outcome.VOICEMAIL_LEFT.value)
    return bool(Errand.update(outcome=summary.outcome.value).where(left).execute() == 1)


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


def _kept(summary: Summary, next_: Following) -> dict[str, Any]:
    return {
        "outcome": summary.outcome.value,
        "claims": list(summary.claims),
        "follow_ups": list(summary.follow_ups),
        "missing": list(summary.missing),
        "shared": list(summary.shared),
        "told": next_.is_told,
    }


def _asked(call: Call, errand: Errand, summary: Summary, next_: Following | None) -> list[str]:
    """Return what the user is to answer: what is missing, else what still was when they called."""
    waits = next_ is not None and next_.state is State.WAITING_FOR_USER
    if summary.missing or call.role != "return" or not waits:
        return list(summary.missing)
    return [question.text for question in open_questions(errand)]


def _ending(
    call: Call, errand: Errand, summary: Summary, next_: Following | None, now: float
) -> wording.Ending:
    """Return what is told; without anything that follows the errand stays as it was."""
    state = next_.state if next_ else None
    in_vain = summary.outcome in RETRIED
    return wording.Ending(
        outcome=summary.outcome,
        callee=callee_of(errand),
        number=for_reading(call.phone),
        claims=summary.claims,
        said=summary.said,
        message=summary.message,
        questions=_asked(call, errand, summary, next_),
        follow_ups=summary.follow_ups,
        shared=[*_shared_untold(errand), *summary.shared],
        tries=errand.tries,
        asks_again=in_vain and state is State.WAITING_FOR_USER,
        tried_enough=summary.outcome is Outcome.NEEDS_USER and state is State.FAILED,
        tried=_tried(errand, next_, now) if state is State.FAILED else (),
        again=_again(errand, next_, now),
        tries_left=next_.tries_left if next_ else 0,
        connected=summary.connected,
        by_machine=summary.by_machine,
        called_back=call.role == "return",
        changes_nothing=next_ is None,
    )


def _tried(errand: Errand, next_: Following | None, now: float) -> list[str]:
    """Return when it was tried in vain, and what came of it."""
    zone = errand.user.zone
    tries = next_.tried if next_ else ()
    return [f"{in_short(each.at, now, zone)} {wording.IN_VAIN[each.outcome]}" for each in tries]


def _again(errand: Errand, next_: Following | None, now: float) -> str:
    """Return when it will be tried again, if it will."""
    if next_ is None or next_.due_at is None:
        return ""
    return in_words(next_.due_at, now, errand.user.zone, next_.zones)


def _shared_untold(errand: Errand) -> list[str]:
    """Return what was shared in calls of which the user has not read."""
    reported = (Call.errand == errand) & Call.report.is_null(False)
    calls = Call.select().where(reported).order_by(Call.id)
    untold = [call.report["shared"] for call in calls if call.report.get("told") is False]
    return [each for shared in untold for each in shared]


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
            user=errand.user,
            subject=subject,
            value=fact.value,
            source=source,
            created_at=now,
            confidence=HEARD,
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
