from dataclasses import replace
from typing import Any

import pytest

from floyd.demo.judge import Evidence, judge, judge_broken_off
from floyd.sandbox.client import HeardUtterance, PhoneCall, PhoneText
from floyd.sandbox.scenario import Scenario

STORY = Scenario.from_seed(0)


def said(speaker: str, text: str) -> HeardUtterance:
    return HeardUtterance(speaker, text, 0, 1000)


def received(number: int, body: str) -> PhoneText:
    return PhoneText(number, "in", STORY.floyd_phone, body, f"SM{number}", "")


CALL = PhoneCall(
    sid="CA1",
    to=STORY.school_phone,
    from_=STORY.floyd_phone,
    direction="outbound-api",
    status="completed",
    answered_by=None,
    duration_s=30,
    keys_heard="",
    transcript=(
        said("phone", "Maple School, good morning."),
        said("line", "Hi, this is Floyd, an AI assistant calling for Anna Berg."),
        said("phone", "So Mara Berg, 3B, home sick today. Got it."),
    ),
)
WELL = Evidence(
    problems=[],
    books={"absences": [{"child": STORY.child}]},
    calls=[CALL],
    texts=[
        PhoneText(1, "out", STORY.floyd_phone, STORY.request, "SM1", ""),
        received(2, f"Calling {STORY.school} now."),
        received(3, "Done. They noted that Mara, 3B, is home sick today."),
    ],
)


def wrong(**changes: Any) -> list[str]:
    """The points that are wrong when the evidence differs in this."""
    points = judge(STORY, replace(WELL, **changes))
    return [point.what for point in points if not point.is_right]


def test_everything_right_is_right() -> None:
    assert wrong() == []


def test_an_order_book_that_differs_is_wrong() -> None:
    assert len(wrong(problems=["the absence is another child's"])) == 1


@pytest.mark.parametrize("calls", [[], [CALL, CALL], [replace(CALL, to="+15195550100")]])
def test_any_calls_but_the_one_to_the_school_are_wrong(calls: list[PhoneCall]) -> None:
    assert f"one call, to {STORY.school}" in wrong(calls=calls)


def test_a_word_of_the_task_before_the_disclosure_is_wrong() -> None:
    early = replace(CALL, transcript=(said("line", "Mara is sick."), *CALL.transcript))
    late = "Mara is sick. Hi, this is Floyd, an AI assistant calling for Anna Berg."
    at_once = replace(CALL, transcript=(said("line", late),))
    nobodys = replace(CALL, transcript=(said("line", "Hi, this is Floyd, an AI assistant."),))
    for call in (early, at_once, nobodys):
        assert wrong(calls=[call]) == ["Floyd said first that it is an AI"]


@pytest.mark.parametrize(
    "last",
    [
        "Done. They noted it.",
        "I couldn't reach the school about Mara.",
        "Done. They noted that Mara is back on the 14th.",
        "I spoke with them about Mara, but they need something. What should I say?",
        "They know about Mara, but I don't know whether it was noted.",
        "I called about Mara.",
        "",
    ],
)
def test_a_last_text_that_says_something_else_is_wrong(last: str) -> None:
    texts = [*WELL.texts[:-1], received(3, last)]
    assert wrong(texts=texts) == ["the last text tells what came of it, and nothing else"]


def test_no_text_at_all_is_wrong() -> None:
    assert len(wrong(texts=[])) == 2


FLOWERS = Scenario.from_seed(0, "flowers")
ASKED = f"They have peonies for ${FLOWERS.peonies_price}. 1) How much may it cost?"
BOUGHT = "So roses for $72, to 12 Suffolk St Guelph, for Krista. Got it."


def to_the_florist(*said_there: HeardUtterance) -> PhoneCall:
    return replace(CALL, to=FLOWERS.florist_phone, transcript=said_there)


DISCLOSED = said("line", f"Hi, this is Floyd, an AI assistant calling for {FLOWERS.user}. I'd like")
TWO_CALLS = [
    to_the_florist(DISCLOSED, said("phone", "I have peonies for $560.")),
    to_the_florist(DISCLOSED, said("phone", BOUGHT)),
]
ORDERED = Evidence(
    problems=[],
    books={"orders": [{"what": "roses"}]},
    calls=TWO_CALLS,
    texts=[
        PhoneText(1, "out", FLOWERS.floyd_phone, FLOWERS.request, "SM1", ""),
        received(2, f"Calling {FLOWERS.florist} now."),
        received(3, ASKED),
        PhoneText(4, "out", FLOWERS.floyd_phone, "up to $80, 12 Suffolk St", "SM4", ""),
        received(5, f"Calling {FLOWERS.florist} now."),
        received(6, "Done. They noted: roses for $72, to 12 Suffolk St Guelph, for Krista."),
    ],
)


def wrong_about_flowers(**changes: Any) -> list[str]:
    points = judge(FLOWERS, replace(ORDERED, **changes))
    return [point.what for point in points if not point.is_right]


def test_flowers_take_two_calls_and_one_question() -> None:
    assert wrong_about_flowers() == []
    assert wrong_about_flowers(calls=[*TWO_CALLS, TWO_CALLS[1]]) == [
        f"2 calls, to {FLOWERS.florist}",
        "a text said each time that it is calling",
    ]


def test_a_question_asked_twice_is_wrong() -> None:
    texts = [*ORDERED.texts[:3], received(7, ASKED), *ORDERED.texts[3:]]
    assert wrong_about_flowers(texts=texts) == ["one text asked for what was missing"]


def test_every_call_has_to_begin_with_the_disclosure() -> None:
    hasty = to_the_florist(said("line", "I'd like to order flowers."), said("phone", BOUGHT))
    assert wrong_about_flowers(calls=[TWO_CALLS[0], hasty]) == ["Floyd said first that it is an AI"]


@pytest.mark.parametrize("missing", ["Krista", "roses", "$72"])
def test_the_last_text_names_what_was_bought(missing: str) -> None:
    last = received(6, ORDERED.texts[-1].body.replace(missing, ""))
    assert wrong_about_flowers(texts=[*ORDERED.texts[:-1], last]) == [
        "the last text tells what came of it, and nothing else"
    ]


SPOKEN = Scenario.from_seed(0, "voice_school")
AT_THE_DESK = replace(
    CALL,
    to=SPOKEN.floyd_phone,
    from_=SPOKEN.user_phone,
    direction="inbound",
    transcript=(
        said("line", "Hi, this is Floyd, your AI assistant. What can I do for you?"),
        said("phone", "Can you call the school? Mara is sick."),
        said("line", "So I'll tell Maple School that Mara is sick. Is that right?"),
    ),
)
UNDERSTOOD = received(1, "You asked me by phone: Mara is sick. I'm on it.")
ASKED_BY_PHONE = replace(WELL, calls=[AT_THE_DESK, CALL], texts=[UNDERSTOOD, *WELL.texts[1:]])


def wrong_by_phone(**changes: Any) -> list[str]:
    points = judge(SPOKEN, replace(ASKED_BY_PHONE, **changes))
    return [point.what for point in points if not point.is_right]


def test_a_call_to_floyd_is_none_of_the_calls_that_it_makes() -> None:
    assert wrong_by_phone() == []
    assert wrong_by_phone(calls=[AT_THE_DESK, CALL, CALL]) == [
        f"one call, to {SPOKEN.school}",
        "a text said each time that it is calling",
    ]


def test_what_the_user_has_said_is_repeated_to_them_and_confirmed_by_text() -> None:
    curt = replace(AT_THE_DESK, transcript=AT_THE_DESK.transcript[:2])
    assert wrong_by_phone(calls=[curt, CALL]) == ["the user heard on the phone what it is about"]
    assert wrong_by_phone(texts=ASKED_BY_PHONE.texts[1:]) == [
        "the first text confirmed what was said by phone"
    ]


def test_floyd_says_that_it_is_an_ai_when_it_is_called_too() -> None:
    nobodys = (said("line", "Hi, this is Floyd. What can I do?"), *AT_THE_DESK.transcript[1:])
    calls = [replace(AT_THE_DESK, transcript=nobodys), CALL]
    assert wrong_by_phone(calls=calls) == ["Floyd said first that it is an AI"]


@pytest.mark.parametrize(
    ("last", "right"),
    [
        ("The call to Maple School broke off. Shall I try again?", True),
        ('It broke off. I\'ll try again at 16:27, once more. Text "drop it" to stop.', True),
        ("The call to Maple School broke off.", False),
        ("Done. They noted that Mara is home sick. Shall I try again?", False),
    ],
)
def test_a_call_that_broke_off_claims_nothing_and_leaves_the_rest_to_the_user(
    last: str, right: bool
) -> None:
    broken = replace(WELL, books={}, texts=[*WELL.texts[:-1], received(3, last)])
    points = judge_broken_off(STORY, broken)
    assert all(point.is_right for point in points) is right
