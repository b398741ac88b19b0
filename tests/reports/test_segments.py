import pytest
from hypothesis import given
from hypothesis import strategies as st

from floyd.reports.segments import fits, is_gsm7, two_segments


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Done.", "Done."),
        ("Zo\u00eb \U0001f600 said \u0142 yes", "Zoe said \u0142 yes"),
        ("caf\u00e9 \u20ac5", "caf\u00e9 \u20ac5"),
        ("a\n b", "a b"),
    ],
)
def test_what_gsm7_has_not_is_written_more_simply(text: str, sent: str) -> None:
    assert two_segments(text) == sent


def test_a_long_text_ends_with_a_sentence() -> None:
    text = "This is a sentence of some length. " * 20
    assert two_segments(text).endswith("length.")
    assert len(two_segments(text)) > 250


def test_a_long_sentence_ends_with_a_word() -> None:
    assert two_segments("word " * 100).endswith("word ...")


def test_letters_of_the_extension_count_twice() -> None:
    assert fits("a" * 306)
    assert not fits("a" * 305 + "\u20ac")


@given(st.text(max_size=2000))
def test_every_text_fits(text: str) -> None:
    short = two_segments(text)
    assert fits(short)
    assert len(short) <= (306 if is_gsm7(short) else 134)
