from itertools import pairwise, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from floyd.errands.lifecycle import (
    AFTER_CALL,
    CLOSED,
    DUE_AFTER_S,
    MOST_CALLS_BACK,
    MOVES,
    OPEN,
    State,
    after_call,
    is_allowed,
    move,
)
from floyd.errands.retries import RETRIED
from floyd.prompts.schemas import Outcome
from floyd.store.database import writing
from floyd.store.models import Errand, ErrandMove, User

states = st.sampled_from(State)


def test_every_state_and_every_outcome_is_in_the_tables() -> None:
    assert set(MOVES) == set(DUE_AFTER_S) == set(State)
    assert set(AFTER_CALL) == set(Outcome)
    assert {State.DONE, State.FAILED, State.CANCELLED} == CLOSED


def test_every_open_state_can_end() -> None:
    for state in OPEN:
        reached = {state}
        for _ in State:
            reached |= {onward for one in reached for onward in MOVES[one]}
        assert reached >= {State.DONE, State.FAILED}


@pytest.mark.parametrize("state", sorted(CLOSED))
def test_what_is_closed_stays_closed(state: State) -> None:
    assert not any(is_allowed(state, other) for other in State)


def test_a_call_that_goes_on_is_never_cancelled() -> None:
    assert not is_allowed(State.CALLING, State.CANCELLED)


@pytest.mark.parametrize(("outcome", "talks"), list(product(Outcome, (0, 1, MOST_CALLS_BACK + 1))))
def test_every_outcome_leads_to_an_allowed_state(outcome: Outcome, talks: int) -> None:
    assert is_allowed(State.REPORTING, after_call(outcome, talks))


@pytest.mark.parametrize("outcome", sorted(RETRIED))
def test_what_may_be_otherwise_at_another_time_is_tried_again(outcome: Outcome) -> None:
    assert after_call(outcome, 0) is State.SCHEDULED


def test_an_errand_does_not_ask_for_more_than_it_may_call_back_with() -> None:
    assert after_call(Outcome.NEEDS_USER, MOST_CALLS_BACK) is State.WAITING_FOR_USER
    assert after_call(Outcome.NEEDS_USER, MOST_CALLS_BACK + 1) is State.FAILED


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None
)
@given(wanted=st.lists(st.tuples(states, states), max_size=20))
def test_no_illegal_move_ever_happens(user: User, wanted: list[tuple[State, State]]) -> None:
    errand = Errand.create(user=user, request="x", state=State.NEW.value, created_at=0.0)
    state = State.NEW
    for number, (from_, to) in enumerate(wanted):
        with writing() as writes:
            try:
                moved = move(writes, errand.id, from_, to, "a test", float(number))
            except ValueError:
                assert not is_allowed(from_, to)
                moved = False
        assert moved == (from_ is state and is_allowed(from_, to))
        state = to if moved else state
        assert Errand.get_by_id(errand.id).state == state
    history = list(ErrandMove.select().where(ErrandMove.errand == errand).order_by(ErrandMove.id))
    assert all(is_allowed(one.from_state, one.to_state) for one in history)
    assert all(one.to_state == following.from_state for one, following in pairwise(history))


def test_of_two_that_move_an_errand_one_does(user: User) -> None:
    errand = Errand.create(user=user, request="x", state="new", created_at=0.0)
    with writing() as writes:
        moved = [
            move(writes, errand.id, State.NEW, State.PLANNING, "a test", 1.0) for _ in range(2)
        ]

    assert moved == [True, False]
    assert ErrandMove.select().count() == 1


def test_a_move_says_when_the_errand_is_due_next(user: User) -> None:
    errand = Errand.create(user=user, request="x", state="new", created_at=0.0, due_at=5.0)
    with writing() as writes:
        move(writes, errand.id, State.NEW, State.PLANNING, "a test", 100.0)
    assert Errand.get_by_id(errand.id).due_at == 145.0
    with writing() as writes:
        move(writes, errand.id, State.PLANNING, State.WAITING_FOR_USER, "a test", 101.0)
    assert Errand.get_by_id(errand.id).due_at is None


def test_a_move_is_undone_with_its_transaction(user: User, store: Redis) -> None:
    errand = Errand.create(user=user, request="x", state="new", created_at=0.0)

    def crash() -> None:
        with writing() as writes:
            move(writes, errand.id, State.NEW, State.PLANNING, "a test", 1.0)
            raise RuntimeError("a crash")

    with pytest.raises(RuntimeError, match="a crash"):
        crash()

    assert Errand.get_by_id(errand.id).state == "new"
    assert ErrandMove.select().count() == 0
