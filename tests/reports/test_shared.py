import pytest

from floyd.reports.shared import shared

SNAPSHOT = {
    "user": "Anna Berg",
    "facts": [
        {"id": 1, "subject": "Mara's full name", "value": "Mara Berg, Anna's daughter"},
        {"id": 2, "subject": "Mara's class", "value": "class 3B"},
        {"id": 3, "subject": "Mara's illness", "value": "fever"},
        {"id": 4, "subject": "phone", "value": "519-555-0188"},
        {"id": 5, "subject": "Mara's teacher", "value": "Ms. Carter, room 12"},
    ],
}


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        ([], []),
        (["Hello there."], []),
        (["I am calling for Anna Berg."], ["your name"]),
        (["Her name is Mara Berg."], ["Mara's full name (Mara Berg)"]),
        (["She is in 3B."], ["Mara's class (class 3B)"]),
        (["She is in three B."], ["Mara's class (class 3B)"]),
        (["She has a fever."], ["Mara's illness (fever)"]),
        (["It is five one nine, five five five, oh one eight eight."], ["phone (519-555-0188)"]),
        (["With Ms. Carter."], ["Mara's teacher (Ms. Carter)"]),
        (["With Ms. Carter.", "In room 12."], ["Mara's teacher (Ms. Carter, room 12)"]),
        (["Mara is sick."], []),
        (["I call for Anna Berg."], ["your name"]),
        (
            ["I call for Anna Berg.", "Mara Berg is her daughter."],
            ["your name", "Mara's full name (Mara Berg, Anna's daughter)"],
        ),
    ],
)
def test_what_was_heard_of_the_snapshot_was_shared(heard: list[str], told: list[str]) -> None:
    assert shared(SNAPSHOT, heard) == told


def test_an_answer_that_was_passed_on_was_shared() -> None:
    answer = "up to $80, roses are fine, 12 Suffolk St, Guelph"
    asked = ("What is the budget?", "Where to?")
    snapshot = {"answers": [{"question": each, "answer": answer} for each in asked]}
    heard = ["Please send them to 12 Suffolk St in Guelph."]
    assert shared(snapshot, heard) == ["12 Suffolk St", "Guelph"]
