"""Someone calls Floyd's number: a user, a callee who calls back, or somebody unknown.

What enters is what Twilio tells of the caller, what leaves is TwiML. The row of the call is the
first thing that is made, so that a webhook that comes twice is answered alike, and whatever crashes
afterwards is found out about like after any other call.
"""

import uuid
from dataclasses import dataclass
from typing import Any

import structlog
from peewee import IntegrityError
from redis import Redis
from redis.exceptions import RedisError

from floyd.calls import progress, slots, streams
from floyd.calls.returning import begin_awaiting, candidates
from floyd.clock import Clock
from floyd.errands.lifecycle import TIME_LIMIT_S
from floyd.services.telephony.twilio import hangup_twiml, reject_twiml, say_and_hangup_twiml
from floyd.settings import Settings
from floyd.store.database import writing
from floyd.store.models import Call, User

log = structlog.get_logger()

UNKNOWN = (
    "Hello, this is Floyd, an AI assistant. I don't know this number, so I can't help you. Goodbye."
)
ALL_BUSY = (
    "Hello, this is Floyd, an AI assistant. All my lines are busy right now. "
    "Please text me, or call again later. Goodbye."
)
ON_ANOTHER_LINE = (
    "Hello, this is Floyd, an AI assistant. I'm calling you on another line right now. Goodbye."
)
HEARD_OUT = 2
"""How many calls of an unknown number are answered within a day."""

_A_DAY_S = 86_400
_SLOT_LASTS_S = TIME_LIMIT_S + 120


@dataclass(frozen=True)
class Caller:
    """Who calls, as Twilio tells it.

    Attributes:
        sid: Twilio's name of the call.
        phone: the number that the caller shows; no number at all where it is withheld.
        attested: whether the caller's phone company vouches that it is theirs.
    """

    sid: str
    phone: str
    attested: bool


def receive(settings: Settings, redis: Redis, clock: Clock, caller: Caller) -> str:
    """Return what a call from outside runs."""
    known = Call.get_or_none(Call.sid == caller.sid)
    if known is not None:
        return _as_before(settings, known)
    now = clock.now()
    relation = _relation(caller, now)
    if relation is None:
        return _turned_away(redis, clock, caller)
    if _is_being_phoned(relation):
        return say_and_hangup_twiml(ON_ANOTHER_LINE)
    return _answered(settings, redis, caller, relation, now)


def _as_before(settings: Settings, call: Call) -> str:
    """Return what a call runs whose webhook has come before."""
    if not streams.goes_on(call):
        return hangup_twiml()
    return streams.twiml(settings, call.attempt, call.generation)


def _relation(caller: Caller, now: float) -> dict[str, Any] | None:
    """Return role, user and errand of a call, or None where the caller is nobody that Floyd knows.

    Whom of several errands a callee returns is found out in the call.
    """
    user = User.get_or_none(User.phone == caller.phone)
    if user is not None:
        return {"role": "desk", "user": user, "errand": None}
    found = candidates(caller.phone, now)
    if not found:
        return None
    errand = found[0].errand if len(found) == 1 else None
    return {"role": "return", "user": errand.user if errand else None, "errand": errand}


def _is_being_phoned(relation: dict[str, Any]) -> bool:
    """Return whether Floyd phones for that very errand now: one errand, one conversation."""
    if relation["errand"] is None:
        return False
    live = (
        (Call.errand == relation["errand"])
        & (Call.role == "errand")
        & Call.state.not_in(progress.FINAL)
    )
    return bool(Call.select().where(live).exists())


def _answered(
    settings: Settings, redis: Redis, caller: Caller, relation: dict[str, Any], now: float
) -> str:
    """Take a call on a line that is free; of two that answer the same call one does."""
    attempt = uuid.uuid4().hex
    try:
        if not slots.reserve(redis, attempt, now, _SLOT_LASTS_S):
            return say_and_hangup_twiml(ALL_BUSY)
    except RedisError as error:
        log.warning("call_not_taken", error=type(error).__name__)
        return say_and_hangup_twiml(ALL_BUSY)
    try:
        call = _written_down(caller, relation, attempt, now)
    except IntegrityError:
        slots.release(redis, attempt)
        call = Call.get(Call.sid == caller.sid)
    return _as_before(settings, call)


def _written_down(caller: Caller, relation: dict[str, Any], attempt: str, now: float) -> Call:
    """Write a call down, and have the errand that it returns wait for its end."""
    errand = relation["errand"]
    with writing():
        call: Call = Call.create(
            **relation,
            attempt=attempt,
            attested=caller.attested,
            awaited=False,
            phone=caller.phone,
            dialled=caller.phone,
            sid=caller.sid,
            state="in-progress",
            created_at=now,
            answered_at=now,
            due_at=now + progress.LOOK_UP_AFTER_S,
        )
        if errand is not None and caller.attested and begin_awaiting(errand.id, now):
            Call.update(awaited=True).where(Call.id == call.id).execute()
    return call


def _turned_away(redis: Redis, clock: Clock, caller: Caller) -> str:
    """Answer an unknown caller with a sentence, and one who calls on and on not at all."""
    try:
        if _calls_within_a_day(redis, clock, caller) > HEARD_OUT:
            return reject_twiml()
    except RedisError as error:
        log.warning("unknown_caller_not_counted", error=type(error).__name__)
    return say_and_hangup_twiml(UNKNOWN)


def _calls_within_a_day(redis: Redis, clock: Clock, caller: Caller) -> int:
    """Count a caller's calls, this one included; one whose webhook comes twice is one."""
    key, now = f"unknown_caller:{caller.phone}", clock.now()
    with redis.pipeline() as pipeline:
        pipeline.zremrangebyscore(key, "-inf", now - _A_DAY_S)
        pipeline.zadd(key, {caller.sid: now}, nx=True)
        pipeline.zcard(key)
        pipeline.pexpire(key, round(clock.real(_A_DAY_S) * 1000))
        return int(pipeline.execute()[2])
