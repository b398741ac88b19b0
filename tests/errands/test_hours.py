from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floyd.errands.hours import CallHours
from floyd.phone_numbers import zones_of

TORONTO = ("America/Toronto",)


def moment(written: str, zone: str = "America/Toronto") -> float:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).timestamp()


def hours(*zones: str, opens: int = 8, closes: int = 21) -> CallHours:
    return CallHours(opens * 60, closes * 60, zones or TORONTO)


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        ("2026-11-18 07:59", "2026-11-18 08:00"),
        ("2026-11-18 08:00", "2026-11-18 08:00"),
        ("2026-11-18 20:59", "2026-11-18 20:59"),
        ("2026-11-18 21:00", "2026-11-19 08:00"),
        # The clocks go back, and forward, in the night between: eight is eight.
        ("2026-10-31 22:00", "2026-11-01 08:00"),
        ("2027-03-13 22:00", "2027-03-14 08:00"),
        ("2026-12-31 23:30", "2027-01-01 08:00"),
    ],
)
def test_a_number_may_be_phoned_inside_the_hours_of_its_own_clock(at: str, opening: str) -> None:
    assert hours().next_opening(moment(at)) == moment(opening)


def test_the_night_in_which_clocks_change_is_an_hour_longer_or_shorter() -> None:
    def night(evening: str) -> float:
        at = moment(evening)
        opening = hours().next_opening(at)
        assert opening is not None
        return (opening - at) / 3600

    assert night("2026-10-31 21:00") == 12
    assert night("2027-03-13 21:00") == 10
    assert night("2026-11-18 21:00") == 11


@pytest.mark.parametrize(
    ("at", "opening"),
    [
        # Boise is an hour ahead of Los Angeles.
        ("2026-11-18 08:30", "2026-11-18 09:00"),
        ("2026-11-18 09:00", "2026-11-18 09:00"),
        ("2026-11-18 20:59", "2026-11-18 20:59"),
        ("2026-11-18 21:00", "2026-11-19 09:00"),
    ],
)
def test_where_a_number_has_two_zones_it_must_be_inside_the_hours_in_both(
    at: str, opening: str
) -> None:
    zones = zones_of("+12085550123")
    assert zones == ("America/Boise", "America/Los_Angeles")
    found = hours(*zones).next_opening(moment(at, "America/Boise"))
    assert found == moment(opening, "America/Boise")


def test_a_number_that_may_be_anywhere_in_north_america_has_an_hour_all_the_same() -> None:
    everywhere = hours(*zones_of("+18005550123"))
    opening = everywhere.next_opening(moment("2026-11-18 12:00"))
    assert opening is not None
    assert everywhere.is_open(opening)


def test_zones_too_far_apart_for_the_hours_have_none() -> None:
    apart = hours("America/Toronto", "Asia/Tokyo", closes=12)
    assert apart.next_opening(moment("2026-11-18 12:00")) is None


def test_all_day_long_is_always() -> None:
    always = hours(opens=0, closes=24)
    assert all(always.is_open(moment(f"2026-11-18 {hour:02}:59")) for hour in range(24))


@pytest.mark.parametrize(("opens", "morning"), [(9, "09:00"), (0, "08:00")])
def test_the_next_morning_begins_with_the_hours_but_not_at_midnight(
    opens: int, morning: str
) -> None:
    found = hours(opens=opens, closes=24).next_morning(moment("2026-11-18 07:30"))
    assert found == moment(f"2026-11-19 {morning}")


@pytest.mark.parametrize(("at", "is_early"), [("05:00", True), ("22:00", False)])
def test_too_early_is_not_too_late(at: str, is_early: bool) -> None:
    assert hours().is_too_early(moment(f"2026-11-18 {at}")) is is_early


@given(
    at=st.floats(1_780_000_000, 1_830_000_000),
    opens=st.integers(0, 22),
    length=st.integers(1, 24),
    zone=st.sampled_from(["America/St_Johns", "Europe/London", "Pacific/Honolulu"]),
)
def test_a_day_never_passes_without_an_opening(
    at: float, opens: int, length: int, zone: str
) -> None:
    some = hours(zone, opens=opens, closes=min(24, opens + length))
    opening = some.next_opening(at)
    assert opening is not None
    assert some.is_open(opening)
    assert at <= opening <= at + 25 * 3600
    assert opening == at or not some.is_open(opening - 60)
