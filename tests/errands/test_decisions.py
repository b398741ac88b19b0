import pytest

from floyd.errands.decisions import YesOrNo, drops_it, yes_or_no


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("Yes", YesOrNo.YES),
        ("yes please!", YesOrNo.YES),
        ("go ahead", YesOrNo.YES),
        ("\U0001f44d", YesOrNo.YES),
        ("No", YesOrNo.NO),
        ("no thanks", YesOrNo.NO),
        ("Don\u2019t try again", YesOrNo.NO),
        ("please stop", YesOrNo.NO),
        ("What time is it?", None),
        ("", None),
    ],
)
def test_a_short_answer_decides_or_is_asked_again(text: str, decision: YesOrNo | None) -> None:
    assert yes_or_no(text) is decision


@pytest.mark.parametrize(
    ("text", "is_off"),
    [
        ("Never mind", True),
        ("No, drop it, thanks", True),
        ("Never mind, cancel it.", True),
        ("Cancel it on Tuesday", False),
        ("Never mind the price", False),
    ],
)
def test_what_says_only_that_it_is_off_drops_it(text: str, is_off: bool) -> None:
    assert drops_it(text) is is_off
