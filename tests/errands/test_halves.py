from dataclasses import dataclass

import pytest

from floyd.errands.halves import (
    TOGETHER_S,
    WAITS_FOR_REST_S,
    belong_together,
    is_unfinished,
    joined,
    waits_until,
)


@dataclass
class Text:
    body: str
    received_at: float = 0.0


@pytest.mark.parametrize(
    "body",
    [
        "Call the school and",
        "Call the school and tell them that Mara is sick,",
        "Hi Floyd, please call",
        "can you order flowers for",
        "Call my dentist -",
        "wait...",
        "Tell the",
    ],
)
def test_a_text_that_breaks_off_is_waited_for(body: str) -> None:
    assert is_unfinished(body)
    assert waits_until(Text(body)) == WAITS_FOR_REST_S


@pytest.mark.parametrize(
    "body",
    [
        "Call the school and let them know Mara is going to be home sick today.",
        "Can you order Krista some flowers?",
        "yes",
        "no, Tuesday",
        "go ahead",
        "status?",
        "thanks",
        "3B",
        "519-555-0188",
        "Call her",
        "up to $80, roses are fine, 12 Suffolk St, Guelph",
        "\U0001f44d",
        "",
    ],
)
def test_a_whole_text_is_not_kept_waiting(body: str) -> None:
    assert waits_until(Text(body, 7.0)) == 7.0


def test_texts_in_quick_succession_belong_together() -> None:
    assert belong_together(Text("Call the school"), Text("Mara is sick", TOGETHER_S))
    assert not belong_together(Text("Call the school"), Text("Mara is sick", TOGETHER_S + 1))


def test_halves_are_one_sentence_and_whole_texts_two_lines() -> None:
    assert joined(["Call the school and ", "tell them I'm late"]) == (
        "Call the school and tell them I'm late"
    )
    assert joined(["Call the school.", "Call the garage."]) == "Call the school.\nCall the garage."
