import pytest

from floyd.errands.choices import picked, which_one
from floyd.services.directory.protocol import Listing

PLACES = [
    Listing("Quebec Street Dental", "+15195550191", "9 Quebec St, Guelph, ON, Canada", "a", None),
    Listing("Speedvale Dental", "+12265550192", "215 Speedvale Ave, Guelph, ON", "b", None),
    Listing("Dr. Novak", "+15195550195", "", "c", None),
]


def test_every_place_is_named_with_where_it_is() -> None:
    assert which_one(PLACES) == (
        "Which one? 1) Quebec Street Dental, 9 Quebec St, Guelph "
        "2) Speedvale Dental, 215 Speedvale Ave, Guelph 3) Dr. Novak"
    )


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ("2", 2),
        ("2)", 2),
        ("#1", 1),
        ("No. 2", 2),
        ("number three please", 3),
        ("The second one", 2),
        ("the 1st", 1),
        ("one", 1),
        ("the last", 3),
        ("Speedvale", 2),
        ("the one on Quebec", 1),
        ("novak please", 3),
        ("Either is fine", 1),
        ("the one downtown", None),
        ("4", None),
        ("12 Suffolk St", None),
        ("none of them", None),
        ("Not that one, another", None),
        ("the dental one", None),
        ("", None),
    ],
)
def test_an_answer_picks_one_or_none(answer: str, place: int | None) -> None:
    assert picked(answer, PLACES) == (PLACES[place - 1] if place else None)
