from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from floyd.reports.moments import day_and_time, in_short, in_words

ZONE = "America/Toronto"


def moment(written: str) -> float:
    return datetime.fromisoformat(f"2026-11-{written}").replace(tzinfo=ZoneInfo(ZONE)).timestamp()


NOW = moment("18 09:05")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("18 09:15", "at 9:15"),
        ("18 15:05", "at 15:05"),
        ("19 08:00", "tomorrow at 8:00"),
        ("20 08:00", "on Friday at 8:00"),
    ],
)
def test_a_moment_to_come_is_told_by_the_readers_day(at: str, said: str) -> None:
    assert in_words(moment(at), NOW, ZONE, (ZONE,)) == said


def test_where_clocks_differ_it_is_said_whose_time_is_meant() -> None:
    assert in_words(moment("18 11:00"), NOW, ZONE, ("America/Denver",)) == "at 11:00 your time"
    assert in_words(moment("18 11:00"), NOW, ZONE, ("America/New_York",)) == "at 11:00"


def test_a_moment_of_another_day_is_listed_with_its_day() -> None:
    assert in_short(moment("18 08:55"), NOW, ZONE) == "8:55"
    assert in_short(moment("17 08:55"), NOW, ZONE) == "Tue 8:55"


def test_a_plan_names_its_day() -> None:
    assert day_and_time(moment("19 08:00"), ZONE) == "Thursday at 8:00"
