"""What follows a call: its errand ends, asks its user, or tries again at a time of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from floyd.errands.clearance import hours_of
from floyd.errands.conversation import open_questions
from floyd.errands.lifecycle import State, after_call
from floyd.errands.retries import Policy, next_try
from floyd.errands.tries import Try, in_vain, is_by_itself, talks
from floyd.prompts.schemas import Outcome
from floyd.settings import Settings
from floyd.store.models import Call, Errand


@dataclass(frozen=True)
class Following:
    """Where a call takes its errand.

    Attributes:
        state: the state that it takes on.
        due_at: when it is tried again; None unless it is scheduled.
        tried: the tries in vain that led there, oldest first; empty unless it was in vain again.
        tries_left: how many more there may be.
        zones: where the number may be at home, if it is tried again.
        is_told: whether the user reads of it: of tries that go on they were told at the first one.
    """

    state: State
    due_at: float | None = None
    tried: Sequence[Try] = ()
    tries_left: int = 0
    zones: Sequence[str] = ()
    is_told: bool = True


def following(
    settings: Settings, call: Call, errand: Errand, outcome: Outcome, now: float
) -> Following:
    """Return what follows a call that has come to an outcome, before it is reported."""
    own = call.role == "return"
    state = after_call(outcome, talks(errand) + (not own))
    if state is not State.SCHEDULED:
        return Following(state)
    if _is_lost(call) or (own and open_questions(errand)):
        return Following(State.WAITING_FOR_USER)
    before = in_vain(errand)
    tried = before if own else [*before, Try(call.created_at, outcome)]
    policy = policy_of(settings)
    hours = hours_of(settings, call.dialled, errand.user)
    due_at = next_try(policy, outcome, len(tried), now, hours)
    if due_at is None:
        return Following(State.WAITING_FOR_USER if own else State.FAILED, tried=tried)
    is_told = own or not is_by_itself(errand)
    return Following(state, due_at, tried, policy.tries - len(tried), hours.zones, is_told)


def policy_of(settings: Settings) -> Policy:
    """Return how often and how soon this Floyd tries again."""
    after_s = {
        Outcome.BUSY: settings.floyd_retry_busy_s,
        Outcome.NO_ANSWER: settings.floyd_retry_no_answer_s,
        Outcome.CUT_OFF: settings.floyd_retry_cut_off_s,
    }
    return Policy(settings.floyd_tries, after_s)


def _is_lost(call: Call) -> bool:
    """Return whether it was we who lost a call, or its words: its user decides what comes next.

    It may have been placed without our learning its name, or its process died in mid-conversation.
    """
    return call.sid is None or (call.token_used > 0 and call.settled_at is None)
