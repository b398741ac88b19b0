"""What an errand has tried in vain, and whether its user waits for the try that goes on."""

from typing import NamedTuple

from floyd.errands.lifecycle import State
from floyd.errands.retries import RETRIED
from floyd.prompts.schemas import Outcome
from floyd.store.models import Call, Errand, ErrandMove

ITS_TIME = "its time has come"
"""Why a scheduled errand moves on by itself."""


class Try(NamedTuple):
    """A call that was in vain.

    Attributes:
        at: when it was dialled, epoch seconds.
        outcome: what came of it.
    """

    at: float
    outcome: Outcome


def in_vain(errand: Errand) -> list[Try]:
    """Return the tries of an errand since anybody was reached, oldest first."""
    tries: list[Try] = []
    for call in _reported(errand):
        outcome = Outcome(call.report["outcome"])
        if outcome not in RETRIED:
            tries = []
        elif call.role == "errand":
            tries.append(Try(call.created_at, outcome))
    return tries


def talks(errand: Errand) -> int:
    """Count the calls to the callee that were reported and not in vain."""
    calls = [call for call in _reported(errand) if call.role == "errand"]
    return len([call for call in calls if call.report["outcome"] not in RETRIED])


def is_by_itself(errand: Errand) -> bool:
    """Return whether the last dial was a further try that its user had been told of before."""
    move = last_ready(errand)
    return move is not None and move.why == ITS_TIME and bool(in_vain(errand))


def last_ready(errand: Errand) -> ErrandMove | None:
    """Return how an errand became ready to call; a dial refused or never placed is no new start."""
    ready = (ErrandMove.errand == errand) & (ErrandMove.to_state == State.READY.value)
    began = ready & (ErrandMove.from_state != State.CALLING.value)
    last: ErrandMove | None = (
        ErrandMove.select().where(began).order_by(ErrandMove.id.desc()).first()
    )
    return last


def _reported(errand: Errand) -> list[Call]:
    """Return the calls of an errand of which something came, oldest first."""
    # Whoever called from the callee's number without being vouched for may have been anybody.
    theirs = (Call.role == "errand") | (Call.attested == True)  # noqa: E712 - it is SQL
    told = (Call.errand == errand) & theirs & Call.report.is_null(False)
    calls = Call.select().where(told).order_by(Call.id)
    outcomes = [outcome.value for outcome in Outcome]
    return [call for call in calls if call.report["outcome"] in outcomes]
