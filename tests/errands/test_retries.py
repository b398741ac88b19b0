"""When a call that was in vain is tried again: the policy alone."""

import pytest

from floyd.errands.retries import RETRIED, Policy, next_try
from floyd.prompts.schemas import Outcome
from tests.errands.test_hours import hours, moment

POLICY = Policy(3, {Outcome.BUSY: 600, Outcome.NO_ANSWER: 3600, Outcome.CUT_OFF: 120})


@pytest.mark.parametrize(
    ("outcome", "tried", "at", "again"),
    [
        (Outcome.BUSY, 1, "18 09:05", "18 09:15"),
        (Outcome.BUSY, 2, "18 09:15", "18 09:35"),
        (Outcome.NO_ANSWER, 1, "18 09:05", "18 10:05"),
        (Outcome.NO_ANSWER, 2, "18 10:05", "18 12:05"),
        (Outcome.CUT_OFF, 1, "18 09:05", "18 09:07"),
        (Outcome.CLOSED, 1, "18 09:05", "19 08:00"),
        (Outcome.CLOSED, 2, "18 23:30", "19 08:00"),
        (Outcome.NO_ANSWER, 1, "18 20:30", "19 08:00"),
        (Outcome.BUSY, 1, "18 20:49", "18 20:59"),
        (Outcome.BUSY, 1, "18 20:50", "19 08:00"),
    ],
)
def test_each_way_of_failing_has_its_own_time(
    outcome: Outcome, tried: int, at: str, again: str
) -> None:
    expected = moment(f"2026-11-{again}")
    assert next_try(POLICY, outcome, tried, moment(f"2026-11-{at}"), hours()) == expected


@pytest.mark.parametrize("outcome", sorted(RETRIED))
def test_the_last_try_is_followed_by_none(outcome: Outcome) -> None:
    assert next_try(POLICY, outcome, 2, 0.0, hours()) is not None
    assert next_try(POLICY, outcome, 3, 0.0, hours()) is None
    assert next_try(Policy(1, POLICY.after_s), outcome, 1, 0.0, hours()) is None
