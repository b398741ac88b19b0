"""One look at an errand: whatever it can do now is done, step by step, each its own small move.

A crash between two steps leaves an errand in a state that says when it is due: the sweep has it
looked at again, and the way goes on from there.
"""

from collections.abc import Callable

from floyd.calls.progress import FINAL
from floyd.errands.dialing import dial, place
from floyd.errands.lifecycle import (
    DIALLING_LEASE_S,
    PLANNING_LEASE_S,
    State,
    move,
    take_lease,
)
from floyd.errands.planning import give_up, has_waited_too_long, make_plan
from floyd.errands.tries import ITS_TIME
from floyd.services import Services
from floyd.store.database import writing
from floyd.store.models import Call, Errand

_NEXT_LOOK_S = 60


def advance(services: Services, errand_id: int) -> None:
    """Take an errand on as far as it goes now."""
    state: str | None = None
    while True:
        errand = Errand.get_or_none(Errand.id == errand_id)
        if errand is None or errand.state == state:
            return
        state = errand.state
        if step := STEPS.get(State(state)):
            step(services, errand)


def _begin(services: Services, errand: Errand) -> None:
    with writing() as writes:
        now = services.clock.now()
        begun = move(writes, errand.id, State.NEW, State.PLANNING, "begun", now)
    if begun:
        _plan(services, errand)


def _plan_again(services: Services, errand: Errand) -> None:
    with writing():
        now = services.clock.now()
        ours = take_lease(errand.id, State.PLANNING, now, PLANNING_LEASE_S)
    if ours and has_waited_too_long(errand, now):
        give_up(services, errand)
    elif ours:
        _plan(services, errand)


def _plan(services: Services, errand: Errand) -> None:
    """Plan, and dial at once: whoever makes an errand ready holds it for a moment."""
    if make_plan(services, errand):
        dial(services, Errand.get_by_id(errand.id))


def _wake(services: Services, errand: Errand) -> None:
    now = services.clock.now()
    if errand.due_at is not None and errand.due_at <= now:
        with writing() as writes:
            move(writes, errand.id, State.SCHEDULED, State.READY, ITS_TIME, now, due_at=now)


def _dial(services: Services, errand: Errand) -> None:
    with writing():
        ours = take_lease(errand.id, State.READY, services.clock.now(), DIALLING_LEASE_S)
    if ours:
        dial(services, errand)


def _look_at_call(services: Services, errand: Errand) -> None:
    """Take up a call that nobody has placed or reported; one that goes on is left alone."""
    unreported = (Call.errand == errand) & Call.reported_at.is_null()
    calls = list(Call.select().where(unreported).order_by(Call.id))
    with writing() as writes:
        ours = take_lease(errand.id, State(errand.state), services.clock.now(), _NEXT_LOOK_S)
        for call in calls:
            if ours and call.state in FINAL:
                writes.look_at("report_call", call.id)
    for call in calls:
        if ours and call.state == "reserved":
            place(services, errand, call)


STEPS: dict[State, Callable[[Services, Errand], None]] = {
    State.NEW: _begin,
    State.PLANNING: _plan_again,
    State.SCHEDULED: _wake,
    State.READY: _dial,
    State.CALLING: _look_at_call,
    State.REPORTING: _look_at_call,
}
