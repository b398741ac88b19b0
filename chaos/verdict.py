"""What is wrong after a run: the evidence and who asked for what in, words out; pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from chaos.evidence import Evidence
from chaos.invariants import VOICEMAILS, violations
from floyd.errands.lifecycle import CLOSED, State
from floyd.prompts.schemas import Outcome
from floyd.sandbox.judge import problems
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import story_of

SUCCESS = (Outcome.DONE, Outcome.PARTLY)


@dataclass(frozen=True)
class Wanted:
    """An errand as its user sees it.

    Attributes:
        name: which it is.
        kind: its kind's name.
        scenario: who asked for it, and what is right.
        users: the user's row, as its id.
    """

    name: str
    kind: str
    scenario: Scenario
    user: int


def wrong(seen: Evidence, wanted: Sequence[Wanted]) -> list[str]:
    """Return all that is wrong; empty when every errand had one outcome that its user was told."""
    found = violations(seen)
    for each in wanted:
        found += [f"{each.name}: {what}" for what in _wrong_with(seen, each)]
    return found


def outcome_of(errand: dict[str, Any]) -> str:
    """Return what came of an errand, in one word; its state while it is open."""
    if errand["state"] in (State.DONE, State.FAILED):
        return str(errand["outcome"] or errand["state"])
    return str(errand["state"])


def _wrong_with(seen: Evidence, wanted: Wanted) -> Iterator[str]:
    errands = [errand for errand in seen.errands if errand["user"] == wanted.user]
    if len(errands) != 1:
        yield f"{len(errands)} errands came of it"
    for errand in errands:
        if errand["state"] not in CLOSED:
            yield f"errand {errand['id']} never ended, it is {errand['state']}"
        elif errand["state"] == State.CANCELLED:
            yield from _untold(seen, errand)
        elif errand["outcome"] in SUCCESS:
            yield from _wrong_in_the_book(seen, errand, wanted.scenario)


def _untold(seen: Evidence, errand: dict[str, Any]) -> Iterator[str]:
    """Of its end a cancelled errand's user was told with the move, or after it."""
    ended_at = max(move["at"] for move in seen.moves if move["errand"] == errand["id"])
    told = (text for text in seen.outbound if text["user"] == errand["user"])
    if not any(text["created_at"] >= ended_at for text in told):
        yield f"errand {errand['id']} was cancelled without a word"


def _wrong_in_the_book(seen: Evidence, errand: dict[str, Any], scenario: Scenario) -> Iterator[str]:
    """What was told as done is what the callee noted."""
    sids = {call["sid"] for call in seen.calls if call["errand"] == errand["id"]}
    books = {
        name: [entry for entry in entries if entry["call"] in sids]
        for name, entries in seen.books.items()
        if name in (story_of(scenario).book, VOICEMAILS)
    }
    books.pop(VOICEMAILS, None)
    for problem in problems(scenario, {name: noted for name, noted in books.items() if noted}):
        yield f"errand {errand['id']} is told as {errand['outcome']}, but {problem}"
