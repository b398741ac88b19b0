"""Whose errand a callee is calling back about, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from redis import Redis

from floyd.calls.returning import (
    AWAITED_FOR_S,
    CALLS_BACK_WITHIN_S,
    MAY_BE_TAKEN_UP,
    candidates,
    take_up,
)
from floyd.errands.lifecycle import DUE_AFTER_S, State, is_allowed
from floyd.settings import Settings
from floyd.store import open_store
from floyd.store.database import database, migrate
from floyd.store.models import Call, Errand, ErrandMove, User

SCHOOL = "+15195550188"
NOW = 1_000_000.0


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, settings: Settings, redis: Redis) -> Iterator[Redis]:
    url = settings.database
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    connection = open_store(settings.model_copy(update={"database_url": url}))
    if request.param == "postgresql":
        database.execute_sql("DROP SCHEMA public CASCADE")
        database.execute_sql("CREATE SCHEMA public")
        database.close()
    migrate()
    yield connection
    database.close()
    connection.close()


def errand_of(user: User, state: State = State.WAITING_FOR_USER, **call: object) -> Errand:
    """An errand for which Floyd phoned the school an hour ago."""
    errand: Errand = Errand.create(user=user, request="Call", state=state.value, created_at=0.0)
    Call.create(
        **{
            "attempt": f"{errand.id:032}",
            "errand": errand,
            "user": user,
            "phone": SCHOOL,
            "dialled": SCHOOL,
            "sid": f"CA{errand.id}",
            "state": "completed",
            "created_at": NOW - 3600 + errand.id,
            **call,
        }
    )
    return errand


def call_back(*, attested: bool = True) -> Call:
    """The school calls."""
    call: Call = Call.create(
        attempt="f" * 32,
        role="return",
        attested=attested,
        awaited=False,
        phone=SCHOOL,
        dialled=SCHOOL,
        sid="CA-in",
        state="in-progress",
        created_at=NOW,
    )
    return call


def state_of(errand: Errand) -> str:
    return str(Errand.get_by_id(errand.id).state)


def ids(phone: str = SCHOOL, now: float = NOW) -> list[int]:
    return [one.errand.id for one in candidates(phone, now)]


def test_nobody_calls_back_whom_floyd_never_phoned(user: User) -> None:
    errand_of(user)
    assert ids("+15195550199") == []


def test_open_errands_come_before_the_newest_of_all(user: User) -> None:
    old, done = errand_of(user), errand_of(user, State.DONE)
    assert ids() == [old.id]
    Errand.update(state=State.CANCELLED.value).where(Errand.id == old.id).execute()
    assert ids() == [done.id]


def test_of_several_open_ones_all_may_be_meant_the_last_called_first(user: User) -> None:
    first, second = errand_of(user), errand_of(user, State.REPORTING)
    assert ids() == [second.id, first.id]


def test_who_was_left_a_message_may_mean_just_that(user: User) -> None:
    told, open_one = errand_of(user, State.DONE), errand_of(user)
    Errand.update(outcome="voicemail_left").where(Errand.id == told.id).execute()
    assert ids() == [open_one.id, told.id]


def test_a_call_that_was_never_placed_is_returned_by_nobody(user: User) -> None:
    errand_of(user, sid=None)
    assert ids() == []


def test_after_a_month_nobody_calls_back(user: User) -> None:
    errand_of(user)
    assert ids(now=NOW + CALLS_BACK_WITHIN_S) == []


def test_it_is_who_was_really_phoned_that_calls_back(user: User) -> None:
    errand = errand_of(user, dialled="+15195550177")
    assert (ids(), ids("+15195550177")) == ([], [errand.id])


@pytest.mark.parametrize("state", MAY_BE_TAKEN_UP)
def test_an_errand_that_is_taken_up_is_calling_and_waits_for_that_call(
    user: User, state: str
) -> None:
    errand, call = errand_of(user, State(state)), call_back()
    assert take_up(call.id, errand.id, NOW)
    taken = Call.get_by_id(call.id)
    assert (taken.errand, taken.user, taken.awaited) == (errand, user, True)
    moved = Errand.get_by_id(errand.id)
    assert (moved.state, moved.due_at) == ("calling", NOW + AWAITED_FOR_S)
    [move] = ErrandMove.select()
    assert (move.from_state, move.to_state) == (state, "calling")
    assert is_allowed(move.from_state, move.to_state)


def test_an_errand_waits_as_long_for_a_returned_call_as_for_any() -> None:
    assert DUE_AFTER_S[State.CALLING] == AWAITED_FOR_S


@pytest.mark.parametrize("state", [State.DONE, State.CALLING, State.REPORTING])
def test_an_errand_that_cannot_wait_for_it_is_told_of_and_stays_as_it_is(
    user: User, state: State
) -> None:
    errand, call = errand_of(user, state), call_back()
    assert take_up(call.id, errand.id, NOW)
    assert state_of(errand) == state
    assert not Call.get_by_id(call.id).awaited


def test_taking_up_twice_is_taking_up_once(user: User) -> None:
    errand, call = errand_of(user), call_back()
    assert take_up(call.id, errand.id, NOW)
    assert take_up(call.id, errand.id, NOW)
    assert ErrandMove.select().count() == 1


def test_a_call_stays_with_the_errand_that_took_it_up(user: User) -> None:
    first, second, call = errand_of(user), errand_of(user), call_back()
    assert take_up(call.id, first.id, NOW)
    assert not take_up(call.id, second.id, NOW)
    assert Call.get_by_id(call.id).errand == first
    assert state_of(second) == "waiting_for_user"


def test_an_errand_of_another_number_is_not_taken_up(user: User) -> None:
    errand_of(user)
    other = errand_of(user, dialled="+15195550177")
    call = call_back()
    assert not take_up(call.id, other.id, NOW)
    assert not take_up(call.id, 999, NOW)
    assert Call.get_by_id(call.id).errand is None


def test_a_caller_whom_nobody_vouches_for_takes_nothing_up(user: User) -> None:
    errand, call = errand_of(user), call_back(attested=False)
    assert not take_up(call.id, errand.id, NOW)
    assert state_of(errand) == "waiting_for_user"


def test_of_two_that_take_up_different_errands_at_once_one_does(user: User) -> None:
    errands, call, together = [errand_of(user), errand_of(user)], call_back(), Barrier(2)

    def take(errand: Errand) -> bool:
        together.wait(10)
        try:
            return take_up(call.id, errand.id, NOW)
        finally:
            database.close()

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(take, errands)) == 1
    assert sorted(map(state_of, errands)) == ["calling", "waiting_for_user"]
