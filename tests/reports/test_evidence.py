import pytest
from hypothesis import given
from hypothesis import strategies as st

from floyd.reports.evidence import Said, Transcript, affirms, holds, quotes, was_asked_for

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
        "Okay, I haven't noted it yet.",
        "Sure, let me check.",
        "Okay, hold on.",
        "Yes? Who is it?",
        "Great, which class? I'm writing it down.",
        "Who is this?",
        "Yesterday.",
        "",
    ],
)
def test_what_does_not_agree_is_no_agreement(answer: str) -> None:
    assert not affirms(answer)


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("Mara Berg is not marked absent.", "Mara Berg is marked absent."),
        ("Mara Berg is marked absent.", "Mara Berg is not marked absent."),
        ("I haven\u2019t noted it for today.", "They noted it for today."),
        ("Is Mara Berg absent today?", "Mara Berg is absent today."),
        ("If you send a note, Mara Berg is excused.", "Mara Berg is excused."),
        ("Let me check for Mara Berg.", "They checked for Mara Berg."),
        ("She can come this Tuesday.", "She can come next Tuesday."),
        ("Come the day after tomorrow.", "Come tomorrow."),
        ("Come tomorrow.", "Come the day after tomorrow."),
    ],
)
def test_what_was_denied_asked_or_left_open_is_not_claimed(said: str, claim: str) -> None:
    call = Transcript([Said(0, "floyd", "Hello."), Said(1, "callee", said)])
    assert not holds(claim, [1], call)


def test_a_sentence_that_denies_another_thing_does_no_harm() -> None:
    call = Transcript([Said(0, "callee", "No, that's all. Mara Berg is marked absent today.")])
    assert holds("Mara Berg is marked absent today.", [0], call)


@pytest.mark.parametrize(
    "answer",
    [
        "Okay, I've noted Clara Berg.",
        "Okay. Clara is absent.",
        "Got it, absent tomorrow.",
        "Okay, class 4A.",
    ],
)
def test_an_answer_about_somebody_or_some_day_else_affirms_nothing(answer: str) -> None:
    told = "Mara Berg from 3B is home sick today."
    call = Transcript([Said(0, "floyd", told), Said(1, "callee", answer)])
    assert not holds("Mara Berg is home sick today.", [0, 1], call)


@pytest.mark.parametrize("answer", ["Thanks, Mara is marked absent.", "Okay. Got it, 3B."])
def test_an_answer_in_floyds_own_words_affirms_them(answer: str) -> None:
    told = "Mara Berg from 3B is home sick today."
    call = Transcript([Said(0, "floyd", told), Said(1, "callee", answer)])
    assert holds("Mara Berg is home sick today.", [0, 1], call)


@pytest.mark.parametrize(
    ("said", "wish", "asked"),
    [
        ("Could you send a doctor's note?", "Send a doctor's note.", True),
        ("Please bring a note tomorrow.", 'They asked: "Please bring a note tomorrow."', True),
        ("You don't need to send a doctor's note.", "Send a doctor's note.", False),
        ("Please bring a note.", "Bring a note on Friday.", False),
        ("Thanks for calling.", "Send a doctor's note.", False),
    ],
)
def test_a_follow_up_is_what_the_callee_asked_for(said: str, wish: str, asked: bool) -> None:
    call = Transcript([Said(0, "floyd", "Hello."), Said(1, "callee", said)])
    assert was_asked_for(wish, call) is asked


@given(st.text(max_size=200).filter(str.strip))
def test_the_callees_own_words_always_hold(text: str) -> None:
    call = Transcript([Said(0, "callee", text)])
    assert holds(text, [0], call)


@given(st.text(max_size=200))
def test_floyds_words_alone_prove_nothing(text: str) -> None:
    call = Transcript([Said(0, "floyd", text), Said(1, "floyd", "Yes."), Said(2, "callee", "No.")])
    assert not holds(text, [0], call)


def test_only_whole_sentences_of_the_callees_answers_are_quotes() -> None:
    evidence = [
        "half past eight",
        "that\u2019s right",
        "this is Denise",
        "Thank you, Denise",
        "",
        "x",
    ]
    assert quotes(evidence, CALL) == [
        "We have Tuesday at half past eight, that'll be seventy-five dollars.",
        "Yes, that's right.",
    ]
