from hypothesis import given
from hypothesis import strategies as st

from floyd.calls.clauses import Clauses


def split(text: str, piece: int = 3) -> list[str]:
    clauses = Clauses()
    pieces = [text[i : i + piece] for i in range(0, len(text), piece)]
    return [clause for part in pieces for clause in clauses.feed(part)] + clauses.close()


def test_the_first_clause_ends_early_and_later_ones_are_sentences() -> None:
    text = "Yes of course, she is in class 3B, with Mr. Okafor. Her last name is Berg, B E R G."
    assert split(text) == [
        "Yes of course,",
        "she is in class 3B, with Mr. Okafor.",
        "Her last name is Berg, B E R G.",
    ]


def test_a_clause_is_given_out_as_soon_as_the_next_word_begins() -> None:
    clauses = Clauses()
    assert clauses.feed("Thank you, ") == ["Thank you,"]


def test_abbreviations_and_amounts_are_not_split() -> None:
    assert split("Dr. Smith will see you at 8:30 a.m. on Monday.") == [
        "Dr. Smith will see you at 8:30 a.m. on Monday."
    ]
    assert split("That is $1,250.50 in all.") == ["That is $1,250.50 in all."]


@given(st.text(alphabet="ab .,!?;:'", max_size=200), st.integers(1, 7))
def test_no_word_is_lost_and_none_is_doubled(text: str, piece: int) -> None:
    assert " ".join(split(text, piece)).split() == text.split()
