import pytest

from floyd.calls.greeting import (
    LONG_PAUSE_S,
    SHORT_PAUSE_S,
    UNFINISHED_PAUSE_S,
    pause_before_introduction_s,
)


@pytest.mark.parametrize(
    ("text", "spoken_s", "pause_s"),
    [
        ("", 0.5, SHORT_PAUSE_S),
        ("hello", 0.5, SHORT_PAUSE_S),
        ("hello maple school office how can i help you", 3.0, SHORT_PAUSE_S),
        ("Good morning, Maple School, Denise speaking.", 2.6, SHORT_PAUSE_S),
        ("Thank you for calling Brock Road Garage, this is Mike.", 3.0, SHORT_PAUSE_S),
        ("maple school how may i direct your call", 2.4, SHORT_PAUSE_S),
        ("thank you for calling the", 2.0, UNFINISHED_PAUSE_S),
        ("thank you for calling maple school where every child", 3.0, LONG_PAUSE_S),
    ],
)
def test_a_greeting_that_hands_over_is_answered_soon(
    text: str, spoken_s: float, pause_s: float
) -> None:
    assert pause_before_introduction_s(text, spoken_s) == pause_s


@pytest.mark.parametrize(
    "text", ["please leave a message after the tone", "for opening hours press two"]
)
def test_a_machine_is_left_to_talk_on(text: str) -> None:
    assert pause_before_introduction_s(text, 1.0) > 10
