import pytest

from floyd.calls.endpointing import (
    ANSWER_S,
    DICTATING_S,
    FINISHED_S,
    UNFINISHED_S,
    USUAL_S,
    endpointing_delay_s,
    same_words,
)


@pytest.mark.parametrize(
    ("text", "delay_s"),
    [
        ("Okay, she is marked absent.", FINISHED_S),
        ("which class is she in", FINISHED_S),
        ("and what is it about", FINISHED_S),
        ("yes", ANSWER_S),
        ("that's correct", ANSWER_S),
        ("okay great", USUAL_S),
        ("she is in the third grade", USUAL_S),
        ("I'd like to know and", UNFINISHED_S),
        ("um", UNFINISHED_S),
        ("we have roses for", UNFINISHED_S),
        ("the number is five one nine", DICTATING_S),
        ("that is spelled b e r", DICTATING_S),
        ("five one nine five five five zero one eight eight", USUAL_S),
        ("", USUAL_S),
    ],
)
def test_the_last_words_tell_how_long_to_wait(text: str, delay_s: float) -> None:
    assert endpointing_delay_s(text) == delay_s


def test_case_and_punctuation_do_not_make_other_words() -> None:
    assert same_words("What's her name?", "what's her name")
    assert not same_words("what's her name", "what's his name")
