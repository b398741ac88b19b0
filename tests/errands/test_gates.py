from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floyd.errands.gates import (
    GateInput,
    asks_for_an_emergency_call,
    in_words,
    refused,
    was_given,
)

SCHOOL = "+15195550188"
OWN = "+12265550199"
CLEAR = GateInput(
    phone=SCHOOL,
    user_is_known=True,
    users_texts=["Call the school, (519) 555-0188"],
    contact_phones=[],
    countries=(1,),
    own=OWN,
)
FORMS = [
    "519-555-0188",
    "(519) 555-0188",
    "519.555.0188",
    "+1 519 555 0188",
    "1-519-555-0188",
    "5195550188",
]


def test_a_number_that_the_user_gave_passes() -> None:
    assert refused(CLEAR) is None


def test_a_contacts_number_passes() -> None:
    assert refused(replace(CLEAR, users_texts=["Call the school"], contact_phones=[SCHOOL])) is None


@pytest.mark.parametrize(
    ("phone", "reason"),
    [
        ("911", "emergency number"),
        ("\uff19\uff11\uff11", "emergency number"),
        ("\u0669\u0661\u0661", "emergency number"),
        ("411", "service or short number"),
        ("12345", "service or short number"),
        ("+19005550188", "premium"),
        ("+15199760188", "premium"),
        ("+15005550188", "premium"),
        ("+442079460018", "country"),
        (OWN, "my own number"),
        ("+15190000000", "not a valid phone number"),
    ],
)
def test_what_must_never_be_dialled_is_refused(phone: str, reason: str) -> None:
    why = refused(replace(CLEAR, phone=phone, users_texts=[f"Call {phone}"]))
    assert why is not None
    assert reason in why.reason
    assert in_words(phone, why).startswith("I can't call ")


def test_a_number_that_nobody_gave_is_refused() -> None:
    why = refused(replace(CLEAR, phone="+15195550189"))
    assert why is not None
    assert "gave" in why.reason


def test_an_errand_of_nobody_is_refused() -> None:
    assert refused(replace(CLEAR, user_is_known=False)) is not None


def test_a_callee_who_asked_for_peace_has_it() -> None:
    why = refused(replace(CLEAR, asked_not_to_be_called=True))
    assert why is not None
    assert "not to call again" in why.reason


@pytest.mark.parametrize("form", FORMS)
def test_a_number_is_known_in_any_usual_form(form: str) -> None:
    assert was_given(SCHOOL, [f"Try {form}, ask for Denise"])


@given(st.integers(0, 9), st.integers(1, 9), st.sampled_from(FORMS))
def test_one_altered_digit_is_another_number(place: int, added: int, form: str) -> None:
    digits = list("5195550188")
    digits[place] = str((int(digits[place]) + added) % 10)
    assert not was_given("+1" + "".join(digits), [f"Call {form}"])


def test_part_of_a_longer_number_is_not_given() -> None:
    assert not was_given(SCHOOL, ["My card is 5195 5501 8844 1111"])
    assert not was_given(SCHOOL, ["4451955501889"])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Call 911!", "911"),
        ("please dial 112 now", "112"),
        ("call an ambulance", "911"),
        ("Call 911-555-0188", None),
        ("Call Maple School, room 911", None),
        ("Call Grandma and tell her to call 911 if she is dizzy", None),
        ("My house burns! Call 911", "911"),
        ("can you call 911", "911"),
        ("Call 9-1-1", "911"),
        ("please dial 9 1 1 now", "911"),
        ("Call \uff19\uff11\uff11", "911"),
        ("Call nine one one", "911"),
        ("Call 9-1-1555", None),
    ],
)
def test_a_call_for_help_is_recognised(text: str, number: str | None) -> None:
    assert asks_for_an_emergency_call(text) == number
