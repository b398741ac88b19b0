import pytest
from hypothesis import given
from hypothesis import strategies as st

from floyd.reports.evidence import Said, Transcript, affirms, holds, quotes

CALL = Transcript(
    [
        Said(0, "callee", "Brock Road Garage, this is Denise."),
        Said(1, "floyd", "Hi, this is Floyd, calling for Anna Berg about an oil change."),
        Said(2, "callee", "We have Tuesday at half past eight, that'll be seventy-five dollars."),
        Said(3, "floyd", "Tuesday at 8:30 for $75, under Berg, is that right?"),
        Said(4, "callee", "Yes, that's right."),
        Said(5, "floyd", "And a loaner car on Friday?"),
        Said(6, "callee", "No, sorry, we have none."),
        Said(7, "floyd", "Thank you, Denise. Goodbye."),
    ],
    known=("Brock Road Garage", "Anna Berg"),
)


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("They have Tuesday at 8:30.", [2]),
        ("It costs $75.", [2]),
        ("You are booked for Tuesday at 8:30 under Berg for $75.", [3]),
        ("You are booked for Tuesday at 8:30 under Berg.", [2, 3, 4]),
        ("Brock Road Garage expects Anna on Tuesday.", [2]),
        ("Denise's price is 75 dollars.", [0, 2]),
        ("They have no loaner.", [6]),
    ],
)
def test_what_was_said_or_affirmed_holds(claim: str, cited: list[int]) -> None:
    assert holds(claim, cited, CALL)


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("They have Thursday at 8:30.", [2]),
        ("It costs $57.", [2]),
        ("They have Tuesday at 9:30.", [2]),
        ("A loaner car is ready on Friday.", [5]),
        ("A loaner car is ready on Friday.", [5, 6]),
        ("Martha has Tuesday.", [2]),
        ("It is booked.", []),
        ("It is booked.", [99]),
        ("It is booked.", [1]),
        ("Denise said goodbye.", [7]),
    ],
)
def test_what_nobody_said_or_affirmed_does_not_hold(claim: str, cited: list[int]) -> None:
    assert not holds(claim, cited, CALL)


@pytest.mark.parametrize(
    "answer",
    [
        "Yes.",
        "Okay, got it.",
        "Oh, sure, no problem.",
        "That's right, Tuesday.",
        "Thanks, I've marked her absent.",
        "Yes, is there anything else?",
        "I\u2019ve noted that.",
    ],
)
def test_agreement_is_recognised(answer: str) -> None:
    assert affirms(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "No.",
        "No, that's wrong.",
        "Yes, but not on Tuesday.",
        "Okay, which class is she in?",
        "Who is this?",
        "Yesterday.",
        "",
    ],
)
def test_what_does_not_agree_is_no_agreement(answer: str) -> None:
    assert not affirms(answer)


@given(st.text(max_size=200))
def test_the_callees_own_words_always_hold(text: str) -> None:
    call = Transcript([Said(0, "callee", text)])
    assert holds(text, [0], call)


@given(st.text(max_size=200))
def test_floyds_words_alone_prove_nothing(text: str) -> None:
    call = Transcript([Said(0, "floyd", text), Said(1, "floyd", "Yes."), Said(2, "callee", "No.")])
    assert not holds(text, [0], call)


def test_only_words_of_the_callee_are_quotes() -> None:
    evidence = [
        "half past eight",
        "Yes, that\u2019s right",
        "Thank you, Denise",
        "",
        "half past nine",
    ]
    assert quotes(evidence, CALL) == evidence[:2]
