from floyd.calls import prompt
from floyd.calls.memory import (
    FOLDED_AT_ONCE,
    LAST_TURNS,
    LONGEST_REMEMBERED,
    MOST_REMEMBERED,
    remembered,
)
from floyd.calls.vocabulary import Generate, Turn
from tests.calls.builders import Conversation


def talk_of(count: int) -> list[Turn]:
    """A long talk in which every tenth turn holds a number."""
    return [
        Turn(
            "floyd" if number % 2 else "callee",
            f"it is {number} dollars" if number % 10 == 0 else "all right then so be it",
        )
        for number in range(count)
    ]


def test_a_short_call_is_remembered_as_it_was() -> None:
    assert remembered(talk_of(50)) == tuple(talk_of(50))


def test_of_the_middle_of_a_long_call_only_what_can_matter_later_is_kept() -> None:
    turns = remembered(talk_of(100))
    assert list(turns[-LAST_TURNS:]) == talk_of(100)[-LAST_TURNS:]
    assert turns[6].speaker == "note"
    middle = [turn.text for turn in turns[7 : -LAST_TURNS - 4]]
    assert middle == [f"it is {number} dollars" for number in (10, 20, 30, 40, 50, 60)]


def test_what_is_remembered_does_not_grow_for_ever() -> None:
    most = max(len(remembered(talk_of(count))) for count in range(2000))
    assert most <= 7 + MOST_REMEMBERED + LAST_TURNS + FOLDED_AT_ONCE
    long = [Turn("callee", "no " * 1000)] * 100
    assert all(len(turn.text) < LONGEST_REMEMBERED + 3 for turn in remembered(long)[7:30])


def test_what_is_remembered_mostly_only_grows_at_its_end() -> None:
    changed = 0
    for count in range(60, 260):
        before, after = remembered(talk_of(count)), remembered(talk_of(count + 1))
        changed += after[: len(before)] != before
    assert changed == 200 // FOLDED_AT_ONCE


def test_the_prompt_of_a_long_call_is_bounded() -> None:
    talk = Conversation()
    talk.answered()
    for number in range(100):
        talk.callee_says(f"and what about number {number} please", pause_s=1.0)
        talk.final(f"And what about number {number}, please?")
        talk.floyd_answers(f"That is number {number}.")
    sizes = [len(prompt.messages((), command.turns)) for command in talk.all(Generate)]
    assert max(sizes) < 90
    assert "number 99" in talk.last_generated().turns[-1].text
