import pytest

from floyd.calls import tickets
from floyd.calls.tickets import Ticket
from floyd.store.models import Call

SECRET = "s" * 32
SID = "CA" + "1" * 32


def test_a_ticket_is_read_by_who_minted_it_and_by_nobody_else() -> None:
    text = tickets.mint(SECRET, "a" * 32, 1)
    assert tickets.read(SECRET, text) == Ticket("a" * 32, 1)
    assert tickets.read("t" * 32, text) is None


@pytest.mark.parametrize("text", ["", "x", "W10.abc", "null", "\0", "a" * 10_000])
def test_what_nobody_signed_is_no_ticket(text: str) -> None:
    assert tickets.read(SECRET, text) is None


def test_a_ticket_is_good_for_one_use(call: Call) -> None:
    ticket = Ticket(call.attempt, 1)
    assert tickets.claim(ticket, SID)
    assert not tickets.claim(ticket, SID)


def test_an_older_generation_is_fenced_off(call: Call) -> None:
    Call.update(generation=2).execute()
    assert not tickets.claim(Ticket(call.attempt, 1), SID)
    assert tickets.claim(Ticket(call.attempt, 2), SID)


def test_a_ticket_of_a_call_that_has_ended_is_refused(call: Call) -> None:
    Call.update(ended_at=1.0).execute()
    assert not tickets.claim(Ticket(call.attempt, 1), SID)


def test_a_claim_learns_the_sid_and_another_call_cannot_use_the_ticket(call: Call) -> None:
    assert tickets.claim(Ticket(call.attempt, 1), SID)
    assert Call.get().sid == SID
    Call.update(generation=2).execute()
    assert not tickets.claim(Ticket(call.attempt, 2), "CA" + "2" * 32)
