"""The check of all invariants finds what it is there to find."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from chaos.evidence import Evidence
from chaos.invariants import violations
from floyd.sandbox.client import Event

USER, SCHOOL = "+15195550123", "+16475550188"
REPORT = {"outcome": "done"}


def event(number: int, kind: str, **fields: Any) -> Event:
    return Event(number, "2026-11-22T10:00:00+00:00", kind, fields)


def text_out(number: int, occasion: str) -> dict[str, Any]:
    return {
        "id": number,
        "occasion": occasion,
        "phone": USER,
        "body": f"Text number {number}",
        "state": "delivered",
        "created_at": 20.0,
        "due_at": None,
    }


def sent(number: int, text_id: int) -> Event:
    return event(
        number,
        "message.created",
        direction="outbound-api",
        to=USER,
        body=f"Text number {text_id}",
        status_callback=f"http://floyd.test/twilio/sms/status?text={text_id}",
    )


def dialled(number: int, sid: str = "CA1", attempt: str = "a1") -> Event:
    return event(
        number,
        "call.created",
        call=sid,
        direction="outbound-api",
        status_callback=f"http://floyd.test/twilio/calls/{attempt}/status",
    )


def status(number: int, status: str, sid: str = "CA1") -> Event:
    return event(number, "call.status", call=sid, status=status)


CALL = {
    "id": 1,
    "attempt": "a1",
    "errand": 1,
    "role": "errand",
    "awaited": True,
    "sid": "CA1",
    "state": "completed",
    "report": REPORT,
    "reported_at": 30.0,
    "due_at": None,
}
MOVES = ("new", "planning", "ready", "calling", "reporting", "done")
TEXT_IN = {
    "id": 1,
    "sid": "SM1",
    "phone": USER,
    "body": "Call the school, please",
    "received_at": 10.0,
    "understood_at": 11.0,
    "due_at": None,
    "call": None,
}
ERRAND = {"id": 1, "state": "done", "request": "Call the school, please", "due_at": None}
GOOD = Evidence(
    now=1000.0,
    errands=[ERRAND],
    moves=[
        {"errand": 1, "from_state": before, "to_state": after}
        for before, after in itertools.pairwise(MOVES)
    ],
    inbound=[TEXT_IN],
    outbound=[text_out(1, "errand:1:calling:0"), text_out(2, "call:a1:report")],
    calls=[CALL],
    utterances=[{"text": "She is at home today"}],
    events=[
        event(
            1,
            "twilio.webhook",
            name="webhook sms",
            status=200,
            fields={"MessageSid": "SM1"},
        ),
        sent(2, 1),
        dialled(3),
        status(4, "in-progress"),
        status(5, "completed"),
        sent(6, 2),
    ],
    books={"absences": [{"call": "CA1"}]},
    slots={"a0": 999.0},
    log=['{"event": "swept", "jobs": 1}'],
    secrets=["5195550123"],
)


def test_a_case_that_went_well_violates_nothing() -> None:
    assert violations(GOOD) == []


def changed(row: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    return [{**row, **changes}]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"inbound": []}, "answered with 2xx and is not stored"),
        ({"inbound": changed(TEXT_IN, understood_at=None)}, "never understood"),
        ({"inbound": changed(TEXT_IN, received_at=25.0)}, "got no answer"),
        ({"events": [*GOOD.events, sent(7, 2)]}, "text out 2 was sent 2 times"),
        ({"events": [*GOOD.events, sent(7, 9)]}, "no row knows"),
        ({"events": GOOD.events[:-1]}, "Twilio never had it"),
        ({"events": [*GOOD.events, dialled(7, "CA2")]}, "attempt a1 was dialled 2 times"),
        ({"events": [*GOOD.events, dialled(7, "CA2", "a2")]}, "never written down"),
        ({"calls": changed(CALL, state="in-progress")}, "is still in-progress"),
        ({"calls": changed(CALL, state="busy")}, "is busy here and completed at Twilio"),
        ({"calls": changed(CALL, reported_at=None)}, "never reported"),
        ({"outbound": [*GOOD.outbound[:1]]}, "was told 0 times"),
        ({"outbound": [*GOOD.outbound, text_out(3, "errand:1:refused")]}, "was told 2 times"),
        ({"moves": GOOD.moves[:-1]}, "its history ends in reporting"),
        ({"moves": GOOD.moves[1:]}, "moved from new by planning"),
        ({"errands": changed(ERRAND, due_at=900.0)}, "has been due for 100 s"),
        ({"books": {"absences": [{"call": "CA9"}]}}, "nothing was noted down"),
        ({"slots": {"a1": 1500.0}}, "attempt a1 keeps a slot"),
        ({"log": ["He said: She is at home today"]}, "a log holds what is private"),
        ({"log": ["dialling +15195550123"]}, "a log holds what is private"),
    ],
)
def test_what_is_wrong_is_found(changes: dict[str, Any], found: str) -> None:
    assert any(found in wrong for wrong in violations(replace(GOOD, **changes)))


def test_two_live_calls_of_one_errand_are_found() -> None:
    second = {**CALL, "id": 2, "attempt": "a2", "sid": "CA2"}
    early = [dialled(3), dialled(4, "CA2", "a2"), status(5, "completed"), status(6, "busy", "CA2")]
    found = violations(replace(GOOD, calls=[CALL, second], events=early))
    assert "errand 1 had two live calls" in found


def test_a_callee_who_calls_back_and_is_cut_off_leaves_the_end_as_it_was_told() -> None:
    back = {**CALL, "id": 2, "attempt": "a2", "sid": "CA2", "role": "return", "awaited": False}
    assert violations(replace(GOOD, calls=[CALL, back], books={})) == []
