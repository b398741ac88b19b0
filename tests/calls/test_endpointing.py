import pytest

from floyd.calls.endpointing import (
    ANSWER_S,
    DICTATING_S,
    FINISHED_S,
    LONGEST_USUAL_S,
    SHORTEST_USUAL_S,
    UNFINISHED_S,
    USUAL_S,
    WITHOUT_END_S,
    Endpointing,
)


@pytest.mark.parametrize(
    ("text", "delay_s"),
    [
        ("Okay, she is marked absent.", FINISHED_S),
        ("which class is she in", FINISHED_S),
        ("and what is it about", FINISHED_S),
        ("who is she", FINISHED_S),
        ("could you hold on please", FINISHED_S),
        ("I think so", FINISHED_S),
        ("yes", ANSWER_S),
        ("that's correct", ANSWER_S),
        ("yes we do", ANSWER_S),
        ("okay great", FINISHED_S),
        ("okay", USUAL_S),
        ("could you tell me what it is about", FINISHED_S),
        ("she is in the third grade", USUAL_S),
        ("we open at nine thirty", USUAL_S),
        ("that comes to $40", USUAL_S),
        ("it closes at 8:30", USUAL_S),
        ("five one nine five five five zero one eight eight", USUAL_S),
        ("519-555-0188", USUAL_S),
        ("", USUAL_S),
        ("I'd like to know and", UNFINISHED_S),
        ("um", UNFINISHED_S),
        ("we have roses for", UNFINISHED_S),
        ("so we could", UNFINISHED_S),
        ("could you send it to", UNFINISHED_S),
        ("what time does she", UNFINISHED_S),
        ("let me check", UNFINISHED_S),
        ("the number is five one nine", DICTATING_S),
        ("the number is", DICTATING_S),
        ("519-555", DICTATING_S),
        ("one hundred", DICTATING_S),
        ("that is spelled b e r", DICTATING_S),
        ("m as in mike", DICTATING_S),
        ("our address is forty two maple", DICTATING_S),
    ],
)
def test_the_last_words_tell_how_long_to_wait(text: str, delay_s: float) -> None:
    assert Endpointing().delay_s(text) == delay_s


def test_a_final_result_without_an_end_is_not_yet_a_sentence() -> None:
    assert Endpointing().delay_s("We close at five", is_final=True) == WITHOUT_END_S
    assert Endpointing().delay_s("We close at five.", is_final=True) == FINISHED_S


def test_who_makes_long_pauses_within_a_turn_is_waited_for_longer_within_bounds() -> None:
    slow = Endpointing()
    slow.went_on_after(0.8)
    assert slow.delay_s("she is there") == pytest.approx(0.95)
    slow.went_on_after(5.0)
    assert slow.delay_s("she is there") == LONGEST_USUAL_S
    assert slow.delay_s("is she there today") == FINISHED_S


def test_who_makes_short_pauses_is_answered_sooner_once_they_are_known() -> None:
    quick = Endpointing()
    quick.went_on_after(0.3)
    assert quick.delay_s("she is there") == USUAL_S
    for _ in range(8):
        quick.went_on_after(0.3)
    assert quick.delay_s("she is there") == SHORTEST_USUAL_S
