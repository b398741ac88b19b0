"""Whom to phone: a number that the user gives, one from a past call, or one that was looked up."""

import pytest

from floyd.store.models import Contact
from tests.whole.conftest import Town

GARAGE = "+14165550177"
OIL_CHANGE = "Book me in for an oil change at Brock Road Garage next week"


@pytest.mark.parametrize(
    "written", ["(416) 555-0177", "416.555.0177", "It's 416 555 0177", "+1 416-555-0177"]
)
def test_a_number_is_asked_for_and_taken_as_people_write_it(town: Town, written: str) -> None:
    town.sandbox.put_phone(GARAGE, "busy")
    town.text(OIL_CHANGE)
    town.reply("what number")
    town.text(written)
    assert town.call("busy").to == GARAGE


def test_who_was_called_once_is_booked_and_called_again_without_a_question(town: Town) -> None:
    scenario = town.scenario
    town.text(f"{OIL_CHANGE}, their number is {scenario.garage_phone_written}")
    booked = town.reply("Done")
    [entry] = town.sandbox.order_books()["bookings"]
    assert (entry["date"], entry["time"]) == (scenario.late_day, scenario.late_time)
    assert f"{entry['date']} at {entry['time']}" in booked
    kept = Contact.get(Contact.phone == scenario.garage_phone, Contact.user == town.floyds_user)
    assert (kept.name, kept.source.split(":")[0]) == ("Brock Road Garage", "call")

    town.sandbox.put_phone(scenario.garage_phone, "busy")
    town.text("Book me in for new tires at Brock Road Garage next week")
    town.call("busy")
    assert [call.to for call in town.sandbox.calls()] == [scenario.garage_phone] * 2
    assert not [body for body in town.replies() if "what number" in body]


def test_of_several_places_the_user_says_which_one(town: Town) -> None:
    town.text("Book me in for a cleaning at the dentist next week")
    which = town.reply("Which one?")
    assert "1) Quebec Street Dental" in which
    assert "2) Speedvale Dental" in which
    town.text("2")
    town.reply("Calling Speedvale Dental now.")
    assert [call.to for call in town.sandbox.calls()] == ["+12265550192"]
