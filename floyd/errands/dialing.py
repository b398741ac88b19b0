"""A ready errand becomes a call: gates, a slot, a durable attempt, and only then Twilio.

An attempt is `reserved` until one process takes it for dialling, and `dialling` before the request
leaves: from then on it is never dialled again blind. What became of a request without an answer is
found out by `jobs.reconcile_call`.
"""

import random
import uuid

import structlog
from peewee import IntegrityError

from floyd.calls import slots, streams
from floyd.calls.progress import FINAL
from floyd.errands import waiting
from floyd.errands.clearance import refusal
from floyd.errands.gates import in_words
from floyd.errands.lifecycle import DUE_AFTER_S, TIME_LIMIT_S, State, move
from floyd.errands.telling import callee_of
from floyd.errands.tries import is_by_itself
from floyd.errors import TelephonyError
from floyd.phone_numbers import for_reading
from floyd.prompts.schemas import Outcome
from floyd.reports.delivery import write_text
from floyd.services import Services
from floyd.services.telephony.protocol import Dial
from floyd.store.database import Writes, writing
from floyd.store.models import Call, Errand

log = structlog.get_logger()

TAKEN_UP_AFTER_S = 15
LOOK_UP_AFTER_S = 60
LOOK_UP_AFTER_REAL_S = 8
_SLOT_BEFORE_DIAL_S = 60
_SLOT_LASTS_S = TIME_LIMIT_S + 120
_NEXT_LOOK_S = 5
_FIRST_BACKOFF_S = 4
_LONGEST_BACKOFF_S = 120
_MOST_REFUSED_ATTEMPTS = 8


def dial(services: Services, errand: Errand) -> None:
    """Dial for an errand that is ready, or leave it ready until a line is free."""
    phone = errand.phone or ""
    # Asked once more: contacts, settings and wishes may have changed since the plan.
    why = refusal(services.settings, errand, phone)
    if why is not None:
        with writing() as writes:
            _fail(writes, errand, State.READY, in_words(phone, why), services.clock.now())
        return
    if not waiting.is_inside_hours(services, errand):
        waiting.wait_for_hours(services, errand)
        return
    if _has_called_back(errand):
        with writing():
            _look_again(errand, services.clock.now())
        return
    attempt = uuid.uuid4().hex
    if not slots.reserve(services.redis, attempt, services.clock.now(), _SLOT_BEFORE_DIAL_S):
        _wait_for_a_slot(services, errand)
        return
    call = _reserve(services, errand, attempt)
    if call is None:
        slots.release(services.redis, attempt)
    else:
        place(services, errand, call)


def place(services: Services, errand: Errand, call: Call) -> None:
    """Place a call that is reserved, unless another process does or its slot is gone."""
    if not waiting.is_inside_hours(services, errand):
        _give_back(services, errand, call)
        return
    if not slots.reserve(services.redis, call.attempt, services.clock.now(), _SLOT_LASTS_S):
        return
    if not _take(services, errand, call):
        return
    try:
        sid = services.telephony.place_call(_dial(services, call))
    except TelephonyError as error:
        _not_placed(services, errand, call, error)
        return
    with writing():
        # A callback may have been quicker: its state and SID stand.
        Call.update(sid=sid, due_at=services.clock.now() + LOOK_UP_AFTER_S).where(
            (Call.id == call.id) & Call.sid.is_null()
        ).execute()


def _give_back(services: Services, errand: Errand, call: Call) -> None:
    """Let an attempt go that was taken up too late: the next one is made inside the hours."""
    now = services.clock.now()
    changes = {"state": "failed", "ended_at": now, "reported_at": now, "due_at": None}
    with writing() as writes:
        mine = (Call.id == call.id) & (Call.state == "reserved")
        if Call.update(changes).where(mine).execute() == 1:
            why = "the hours were over"
            move(writes, errand.id, State.CALLING, State.READY, why, now, due_at=now)
    slots.release(services.redis, call.attempt)


def _has_called_back(errand: Errand) -> bool:
    """Return whether the callee is on the line already, by a call of their own."""
    live = (Call.errand == errand) & (Call.role == "return") & Call.state.not_in(FINAL)
    return bool(Call.select().where(live).exists())


def _reserve(services: Services, errand: Errand, attempt: str) -> Call | None:
    """Write down an attempt and tell the user of it, in one transaction with the errand's move."""
    dialled = services.settings.floyd_dial_only or errand.phone or ""
    try:
        return _written_down(services, errand, attempt, dialled)
    except IntegrityError:
        # Another attempt to this number is not resolved yet, see `Call`.
        with writing():
            _look_again(errand, services.clock.now())
        return None


def _written_down(services: Services, errand: Errand, attempt: str, dialled: str) -> Call | None:
    with writing() as writes:
        now = services.clock.now()
        due_at = now + TAKEN_UP_AFTER_S
        if not move(writes, errand.id, State.READY, State.CALLING, "dialling", now, due_at=due_at):
            return None
        if not is_by_itself(errand):
            write_text(
                writes,
                user=errand.user,
                errand=errand,
                body=f"Calling {callee_of(errand)} now.",
                occasion=f"errand:{errand.id}:calling:{_calls_before(errand)}",
                now=now,
            )
        return Call.create(
            attempt=attempt,
            errand=errand,
            user=errand.user,
            phone=errand.phone,
            dialled=dialled,
            state="reserved",
            created_at=now,
        )


def _calls_before(errand: Errand) -> int:
    """Count the calls that an errand's user was told of: one never placed is made good untold."""
    never_placed = (Call.state == "failed") & Call.sid.is_null()
    return int(Call.select().where((Call.errand == errand) & ~never_placed).count())


def _take(services: Services, errand: Errand, call: Call) -> bool:
    """Take an attempt for dialling; its opening is made while the other side's phone rings."""
    now = services.clock.now()
    look_up_s = max(LOOK_UP_AFTER_S, LOOK_UP_AFTER_REAL_S * services.clock.scale)
    with writing() as writes:
        taken = (
            Call.update(state="dialling", due_at=now + look_up_s)
            .where((Call.id == call.id) & (Call.state == "reserved"))
            .execute()
        )
        if taken == 1:
            Errand.update(
                tries=Errand.tries + 1, due_at=now + (DUE_AFTER_S[State.CALLING] or 0)
            ).where(Errand.id == errand.id).execute()
            writes.look_at("prepare_opening", call.id)
    return bool(taken == 1)


def _dial(services: Services, call: Call) -> Dial:
    here = f"{services.settings.floyd_public_url}/twilio/calls/{call.attempt}"
    return Dial(
        to=call.dialled,
        twiml=streams.twiml(services.settings, call.attempt, call.generation),
        status_url=f"{here}/status",
        machine_detection_url=f"{here}/amd",
        time_limit_s=TIME_LIMIT_S,
    )


def _not_placed(services: Services, errand: Errand, call: Call, error: TelephonyError) -> None:
    """Close an attempt that never became a call; one that may have is left to be found out."""
    log.warning("call_not_placed", call=call.id, code=error.code, ambiguous=error.ambiguous)
    if error.ambiguous:
        return
    with writing() as writes:
        now = services.clock.now()
        refused_before = (
            Call.select()
            .where((Call.errand == errand) & (Call.state == "failed") & Call.sid.is_null())
            .count()
        )
        closed = (
            Call.update(
                state="failed", error_code=error.code, ended_at=now, reported_at=now, due_at=None
            )
            .where((Call.id == call.id) & (Call.state == "dialling"))
            .execute()
        )
        if closed != 1:
            # Found out about meanwhile: the errand may be on another attempt by now.
            return
        if error.retryable and refused_before < _MOST_REFUSED_ATTEMPTS:
            _try_later(writes, errand, now, refused_before)
        else:
            _fail(writes, errand, State.CALLING, _reason(errand, call, error), now)
    slots.release(services.redis, call.attempt)


def _reason(errand: Errand, call: Call, error: TelephonyError) -> str:
    number = for_reading(call.dialled)
    reason = error.user_text or f"The phone company refused it (code {error.code})."
    told = reason if number in reason else f"{number}: {reason}"
    return f"I couldn't call {callee_of(errand)}. {told}"


def _try_later(writes: Writes, errand: Errand, now: float, refused_before: int) -> None:
    """Make an errand ready again: Twilio never processed its attempt, the next one is a new one."""
    backoff_s = min(_FIRST_BACKOFF_S * 2**refused_before, _LONGEST_BACKOFF_S)
    move(
        writes,
        errand.id,
        State.CALLING,
        State.READY,
        "the phone company was too busy",
        now,
        tries=errand.tries,
        due_at=now + backoff_s * random.uniform(0.5, 1),
    )


def _fail(writes: Writes, errand: Errand, state: State, body: str, now: float) -> None:
    if move(
        writes,
        errand.id,
        state,
        State.FAILED,
        "the number cannot be called",
        now,
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


def _wait_for_a_slot(services: Services, errand: Errand) -> None:
    with writing() as writes:
        now = services.clock.now()
        if not _look_again(errand, now):
            return
        write_text(
            writes,
            user=errand.user,
            errand=errand,
            body=f"All my lines are busy. I'll call {callee_of(errand)} as soon as one is free.",
            occasion=f"errand:{errand.id}:queued:{errand.tries}",
            now=now,
        )


def _look_again(errand: Errand, now: float) -> bool:
    """Put a ready errand off for a moment; False when it is ready no more."""
    put_off = (
        Errand.update(due_at=now + _NEXT_LOOK_S)
        .where((Errand.id == errand.id) & (Errand.state == State.READY.value))
        .execute()
    )
    return bool(put_off == 1)
