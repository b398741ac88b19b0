"""When a call that was in vain is tried again; pure.

Each further wait is twice as long as the one before. Who is closed is called the next morning.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from floyd.errands.hours import CallHours
from floyd.prompts.schemas import Outcome

RETRIED = frozenset({Outcome.BUSY, Outcome.NO_ANSWER, Outcome.CLOSED, Outcome.CUT_OFF})
"""What may be otherwise at another time."""


@dataclass(frozen=True)
class Policy:
    """How often and how soon is tried again.

    Attributes:
        tries: in all, the first one included.
        after_s: how long after the first try, by what came of the last one.
    """

    tries: int
    after_s: Mapping[Outcome, float]


def next_try(
    policy: Policy, outcome: Outcome, tried: int, now: float, hours: CallHours
) -> float | None:
    """Return when to try again (epoch seconds), or None when that was the last try.

    Args:
        policy: how often and how soon.
        outcome: of the last call, one of `RETRIED`.
        tried: how many tries were in vain so far.
        now: epoch seconds.
        hours: when the number may be phoned.
    """
    if tried >= policy.tries:
        return None
    if outcome is Outcome.CLOSED:
        return hours.next_morning(now)
    return hours.next_opening(now + policy.after_s[outcome] * 2 ** max(0, tried - 1))
