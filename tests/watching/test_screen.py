import pytest
from rich.console import Console

from floyd.watching.picture import CallSeen, Picture, TextSeen, UtteranceSeen
from floyd.watching.screen import screen

TEXT = TextSeen("in 1", 10.0, False, "+15195550123", "Call the school [please].")
RINGING = CallSeen(1, 12.0, "Maple School", "ringing", False, ())
SAID = UtteranceSeen(1, "floyd", "Hi, this is Floyd.", 2.0, 640, is_settled=True)
TALKING = CallSeen(1, 12.0, "Maple School", "in-progress", False, (SAID,) * 30)


def drawn(picture: Picture, *, whole: bool = False) -> str:
    console = Console(width=100)
    with console.capture() as capture:
        console.print(screen(picture, "seed 0", whole=whole))
    return capture.get()


@pytest.mark.parametrize("calls", [(), (RINGING,), (TALKING,)])
@pytest.mark.parametrize("texts", [(), (TEXT,)])
def test_every_stage_of_an_errand_can_be_drawn(
    texts: tuple[TextSeen, ...], calls: tuple[CallSeen, ...]
) -> None:
    assert "seed 0" in drawn(Picture(texts, calls))


def test_words_are_shown_as_they_are_and_replies_with_their_times() -> None:
    shown = drawn(Picture((TEXT,), (TALKING,)))
    assert "[please]" in shown
    assert "640 ms" in shown


def test_a_screen_holds_the_latest_words_and_the_end_all_of_them() -> None:
    assert drawn(Picture((), (TALKING,))).count("Hi, this is Floyd.") < 20
    assert drawn(Picture((), (TALKING,)), whole=True).count("Hi, this is Floyd.") == 30
