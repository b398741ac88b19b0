"""A seed decides what happens when, and nothing else does."""

from itertools import pairwise

import pytest

from chaos import schedule
from chaos.kinds import KINDS


@pytest.mark.parametrize("seconds", [60, 600])
def test_a_seed_replays_its_kills_and_another_one_has_others(seconds: float) -> None:
    assert schedule.kills(7, seconds) == schedule.kills(7, seconds)
    assert schedule.kills(7, seconds) != schedule.kills(8, seconds)


@pytest.mark.parametrize("seed", range(20))
def test_every_process_is_killed_within_two_minutes(seed: int) -> None:
    assert {kill.process for kill in schedule.kills(seed, 120)} == set(schedule.VICTIMS)


@pytest.mark.parametrize("seed", range(20))
def test_who_is_killed_is_back_before_the_next_one_is(seed: int) -> None:
    for kill, following in pairwise(schedule.kills(seed, 600)):
        assert kill.at_s + kill.gone_s < following.at_s
        assert kill.process != following.process


def test_only_redis_is_ever_emptied() -> None:
    emptied = {kill.process for kill in schedule.kills(0, 3600) if kill.emptied}
    assert emptied == {"redis"}


@pytest.mark.parametrize(("seconds", "errands"), [(5, 10), (60, 10), (240, 20), (600, 50)])
def test_there_are_as_many_errands_as_can_end(seconds: float, errands: int) -> None:
    beginnings = schedule.beginnings(seconds)
    assert len(beginnings) == schedule.errands(seconds) == errands
    assert beginnings == sorted(beginnings)
    assert beginnings[-1] < seconds * 0.65


def test_fifty_errands_are_of_all_kinds_in_an_order_of_the_seeds_own() -> None:
    assert set(schedule.kinds(1, 600)) == set(KINDS)
    assert schedule.kinds(1, 600) == schedule.kinds(1, 600)
    assert schedule.kinds(1, 60) != schedule.kinds(2, 60)


def test_only_calls_has_sockets_to_lose() -> None:
    losing = {kill.process for kill in schedule.kills(0, 3600) if kill.loss}
    assert losing == {"calls", "calls 2"}
