import pytest
from hypothesis import given
from hypothesis import strategies as st

from floyd.reports.quantities import quantities

SAME = [
    ("$75", "seventy-five dollars"),
    ("$75", "75 bucks"),
    ("$1,200", "twelve hundred dollars"),
    ("$75.50", "75 dollars and 50 cents"),
    ("8:30", "half past eight"),
    ("8:30", "eight thirty"),
    ("8:45", "quarter to nine"),
    ("9:15", "a quarter past nine"),
    ("9:00", "nine o'clock"),
    ("12", "noon"),
    ("November 24", "Nov. 24th"),
    ("November 24", "November twenty-fourth"),
    ("May 5", "the 5th of May"),
    ("Tuesday", "Tues"),
    ("on Tuesday", "on Tuesdays"),
    ("305", "three hundred and five"),
    ("3B", "class 3 B"),
    ("519-555-0188", "five one nine, five five five, oh one eight eight"),
    ("519-555-0188", "(519) 555 0188"),
    ("5 p.m.", "five PM"),
]
DIFFERENT = [
    ("$75", "$57"),
    ("8:30", "9:30"),
    ("8:30", "eight thirteen"),
    ("8 a.m.", "8 p.m."),
    ("Tuesday", "Thursday"),
    ("November 24", "November 25"),
    ("November 24", "December 24"),
    ("tomorrow", "today"),
    ("519-555-0188", "519-555-0189"),
    ("$75", "75 roses for $60"),
    ("2", "a few"),
]


@pytest.mark.parametrize(("claimed", "said"), SAME)
def test_the_same_is_recognised_however_it_is_said(claimed: str, said: str) -> None:
    assert quantities(said).cover(quantities(claimed))


@pytest.mark.parametrize(("claimed", "said"), DIFFERENT)
def test_what_differs_is_not_the_same(claimed: str, said: str) -> None:
    assert not quantities(said).cover(quantities(claimed))


@given(st.text())
def test_every_text_covers_itself(text: str) -> None:
    assert quantities(text).cover(quantities(text))


@given(st.integers(0, 999), st.integers(0, 999))
def test_a_number_covers_itself_alone(claimed: int, said: int) -> None:
    assert quantities(f"It is {said} now").cover(quantities(f"{claimed}")) == (claimed == said)
