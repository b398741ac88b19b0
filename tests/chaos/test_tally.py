"""What is told of a run, and what is found wrong with its errands."""

from dataclasses import replace
from typing import Any

import pytest

from chaos.schedule import Kill
from chaos.tally import tally
from chaos.verdict import Wanted, wrong
from floyd.sandbox.client import Event
from floyd.sandbox.scenario import Scenario
from tests.chaos.test_invariants import CALL, ERRAND, GOOD, changed, event

SCENARIO = Scenario.from_seed(0)
WANTED = [Wanted("#01 message", "message", SCENARIO, 1)]
NOTED = {
    "call": "CA1",
    "child": SCENARIO.child,
    "class": SCENARIO.class_name,
    "reason": "sick",
    "day": "today",
}
OWN = {"user": 1, "outcome": "done"}
GOOD_RUN = replace(
    GOOD,
    errands=changed(ERRAND, **OWN),
    books={"absences": [NOTED]},
    outbound=[{**text, "user": 1} for text in GOOD.outbound],
    moves=[{**move, "at": 25.0} for move in GOOD.moves],
)


def asked(number: int, name: str, status: int, callback: str) -> Event:
    fields = {"parameters": {"StatusCallback": callback}, "status": status}
    return event(number, "twilio.api", name=name, **fields)


def test_an_errand_that_its_user_was_told_of_is_right() -> None:
    assert wrong(GOOD_RUN, WANTED) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"errands": []}, "#01 message: 0 errands came of it"),
        (
            {"errands": [GOOD_RUN.errands[0], {**GOOD_RUN.errands[0], "id": 2}]},
            "#01 message: 2 errands came of it",
        ),
        (
            {"errands": changed(GOOD_RUN.errands[0], state="waiting_for_user")},
            "never ended, it is waiting_for_user",
        ),
        (
            {"errands": changed(GOOD_RUN.errands[0], state="cancelled"), "outbound": []},
            "was cancelled without a word",
        ),
        ({"books": {"absences": [{**NOTED, "child": "Leo Berg"}]}}, "but the child is Leo Berg"),
    ],
)
def test_what_is_wrong_with_an_errand_is_found(changes: dict[str, Any], found: str) -> None:
    assert any(found in each for each in wrong(replace(GOOD_RUN, **changes), WANTED))


def test_a_message_on_a_machine_is_not_an_agreement() -> None:
    called_back = {**CALL, "id": 2, "attempt": "a2", "sid": "CA2", "role": "return"}
    books = {"voicemails": [{"call": "CA1"}], "absences": [{**NOTED, "call": "CA2"}]}
    found = wrong(replace(GOOD_RUN, calls=[CALL, called_back], books=books), WANTED)
    assert not any("noted down" in each for each in found)


def test_a_tally_counts_errands_by_kind_and_kills_by_process() -> None:
    lines = tally(GOOD_RUN, WANTED, [Kill(1.0, "web", 0.5), Kill(2.0, "web", 0.5)])
    assert lines[:2] == ["1 errands:", "  message: 1 done"]
    assert "  killed: 2 web" in lines
    assert "  calls made: 1 completed" in lines


def test_what_twilio_was_asked_for_twice_is_told_with_the_reason() -> None:
    callback = "http://floyd.test/twilio/sms/status?text=2"
    events = [
        *GOOD_RUN.events,
        asked(8, "POST Messages", 429, callback),
        asked(9, "POST Messages", 201, callback),
        asked(10, "GET Calls/CA1", 200, ""),
    ]
    lines = tally(replace(GOOD_RUN, events=events), WANTED, [])
    assert (
        "  one text or attempt asked for again: 1 too many at once, not taken, then taken" in lines
    )
    assert "  looked up instead of asked for again: 1 GET Calls" in lines


def test_a_call_that_was_never_placed_is_told_as_such() -> None:
    lost = {**CALL, "sid": None, "attempt": "a0", "report": {"outcome": "never_placed"}}
    lines = tally(replace(GOOD_RUN, calls=[lost, CALL]), WANTED, [])
    assert "  an errand's further calls: 1 after one that Twilio's list did not have twice" in lines


def test_what_was_noted_and_is_not_claimed_is_counted() -> None:
    failed = changed(GOOD_RUN.errands[0], state="failed", outcome="failed")
    lines = tally(replace(GOOD_RUN, errands=failed), WANTED, [])
    assert "  noted by a callee and not claimed, for it was not heard: 1" in lines
