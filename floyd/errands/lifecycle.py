"""The states of an errand: the allowed moves, what each state waits for, and the one way to move.

A move is a compare-and-swap with a row in the errand's history, inside the caller's transaction: of
two that want to move an errand from the same state, one does.
"""

from enum import StrEnum
from typing import Any

from floyd.prompts.schemas import Outcome
from floyd.store.database import Writes
from floyd.store.models import Errand, ErrandMove

TIME_LIMIT_S = 50 * 60
"""How long a call may last at Twilio: the caps on talking (20 min) and hold (30 min) together."""

PLANNING_LEASE_S = 45
DIALLING_LEASE_S = 5
MOST_UNPLACED = 3
"""How often a dial is made that Twilio never came to know of."""

MOST_CALLS_BACK = 3
"""How often an errand calls back with what its user has answered, after its first call."""


class State(StrEnum):
    """Where an errand stands."""

    NEW = "new"
    PLANNING = "planning"
    WAITING_FOR_USER = "waiting_for_user"
    SCHEDULED = "scheduled"
    READY = "ready"
    CALLING = "calling"
    REPORTING = "reporting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_ENDS = frozenset({State.FAILED, State.CANCELLED})

MOVES: dict[State, frozenset[State]] = {
    State.NEW: frozenset({State.PLANNING}) | _ENDS,
    State.PLANNING: frozenset({State.WAITING_FOR_USER, State.SCHEDULED, State.READY, State.CALLING})
    | _ENDS,
    State.WAITING_FOR_USER: frozenset({State.PLANNING, State.CALLING}) | _ENDS,
    State.SCHEDULED: frozenset({State.PLANNING, State.READY, State.CALLING}) | _ENDS,
    State.READY: frozenset({State.CALLING, State.SCHEDULED, State.WAITING_FOR_USER}) | _ENDS,
    State.CALLING: frozenset({State.REPORTING, State.READY, State.FAILED}),
    State.REPORTING: frozenset({State.DONE, State.WAITING_FOR_USER, State.SCHEDULED}) | _ENDS,
    State.DONE: frozenset(),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""The allowed moves. Nothing cancels a call that is going on: it ends first and is reported.

Whom Floyd phoned may call back while the errand waits for something else: it is `calling` then too.
"""

CLOSED = frozenset(state for state, onward in MOVES.items() if not onward)
OPEN = frozenset(State) - CLOSED

DUE_AFTER_S: dict[State, float | None] = {
    State.NEW: 5,
    State.PLANNING: PLANNING_LEASE_S,
    State.WAITING_FOR_USER: None,
    State.SCHEDULED: 0,
    State.READY: DIALLING_LEASE_S,
    State.CALLING: TIME_LIMIT_S + 120,
    State.REPORTING: 15,
    State.DONE: None,
    State.FAILED: None,
    State.CANCELLED: None,
}
"""After how many seconds in a state the sweep looks at an errand that nobody else has moved on."""

AFTER_CALL: dict[Outcome, State] = {
    Outcome.DONE: State.DONE,
    Outcome.PARTLY: State.DONE,
    Outcome.NEEDS_USER: State.WAITING_FOR_USER,
    Outcome.VOICEMAIL_LEFT: State.DONE,
    Outcome.NO_ANSWER: State.SCHEDULED,
    Outcome.BUSY: State.SCHEDULED,
    Outcome.CLOSED: State.SCHEDULED,
    Outcome.CUT_OFF: State.SCHEDULED,
    Outcome.DECLINED: State.FAILED,
    Outcome.WRONG_NUMBER: State.FAILED,
    Outcome.DO_NOT_CALL: State.FAILED,
    Outcome.FAILED: State.FAILED,
}
"""Where a call's outcome takes its errand, while another try is left: see `following`."""


def after_call(outcome: Outcome, talks: int) -> State:
    """Return the state that an outcome leads to.

    Args:
        outcome: of the call that has just ended.
        talks: calls in which somebody was reached so far, this one included.
    """
    enough = outcome is Outcome.NEEDS_USER and talks > MOST_CALLS_BACK
    return State.FAILED if enough else AFTER_CALL[outcome]


def is_allowed(from_: str, to: str) -> bool:
    """Return whether an errand may move from one state to another."""
    return State(to) in MOVES[State(from_)]


def move(
    writes: Writes,
    errand_id: int,
    from_: State,
    to: State,
    why: str,
    now: float,
    **changes: Any,
) -> bool:
    """Move an errand, or return False when it is not in the state that it should move from.

    Args:
        writes: the open transaction that the move belongs to.
        errand_id: which errand.
        from_: the state that it must be in.
        to: the state that it takes on.
        why: for its history; no words of people.
        now: epoch seconds.
        **changes: columns that change with it; `due_at` is the state's own unless given.

    Raises:
        ValueError: nobody may ever make this move.
    """
    if not is_allowed(from_, to):
        raise ValueError(f"an errand may not move from {from_} to {to}")
    wait_s = DUE_AFTER_S[to]
    changes.setdefault("due_at", None if wait_s is None else now + wait_s)
    moved = (
        Errand.update(state=to.value, **changes)
        .where((Errand.id == errand_id) & (Errand.state == from_.value))
        .execute()
    )
    if moved != 1:
        return False
    ErrandMove.create(errand=errand_id, from_state=from_.value, to_state=to.value, why=why, at=now)
    return True


def take_lease(errand_id: int, state: State, now: float, lasts_s: float) -> bool:
    """Make an errand that is due ours for a while; False when another was quicker."""
    taken = (
        Errand.update(due_at=now + lasts_s)
        .where((Errand.id == errand_id) & (Errand.state == state.value) & (Errand.due_at <= now))
        .execute()
    )
    return bool(taken == 1)
