from dataclasses import replace

from floyd.watching.lines import Lines
from floyd.watching.picture import CallSeen, NoteSeen, Picture, TextSeen, UtteranceSeen

TEXT = TextSeen("in 1", 10.0, False, "+15195550123", "Call the school.")
HELLO = UtteranceSeen(0, "callee", "Maple School, hello.", 0.5, None, is_settled=True)
HI = UtteranceSeen(1, "floyd", "Hi, this is", 2.0, 640, is_settled=False)
CALL = CallSeen(1, 12.0, "Maple School", "in-progress", False, (HELLO, HI))


def test_texts_and_calls_are_told_in_their_order() -> None:
    answer = TextSeen("out 1", 11.0, True, "+15195550123", "Calling Maple School now.")
    assert Lines().new(Picture((TEXT, answer), (CALL,))) == [
        "text  (519) 555-0123: Call the school.",
        "text  Floyd to (519) 555-0123: Calling Maple School now.",
        "call  Maple School is being phoned",
        "call  Maple School: Maple School, hello.",
    ]


def test_nothing_is_told_twice() -> None:
    lines = Lines()
    lines.new(Picture((TEXT,), (CALL,)))
    assert lines.new(Picture((TEXT,), (CALL,))) == []


def test_words_that_may_still_change_are_told_once_they_do_not() -> None:
    lines = Lines()
    lines.new(Picture((), (CALL,)))
    whole = replace(HI, text="Hi, this is Floyd.", is_settled=True)
    settled = replace(CALL, state="completed", is_over=True, utterances=(HELLO, whole))
    assert lines.new(Picture((), (settled,))) == [
        "call  Floyd (640 ms): Hi, this is Floyd.",
        "call  Maple School: completed",
    ]


def test_a_call_that_is_over_tells_how_soon_its_replies_came() -> None:
    timings = {"endpoint": 350, "first_token": 480, "first_sound": 610, "sent": 640}
    answer = replace(HI, is_settled=True, timings=timings)
    over = replace(CALL, state="completed", is_over=True, utterances=(HELLO, answer))
    assert Lines().new(Picture((), (over,)))[-1] == (
        "call  Maple School: replies began after 640 ms (median), 640 ms at most;"
        " the turn was over 350, first word 480, first sound 610"
    )


def test_what_a_looker_on_notes_stands_behind_the_words_that_it_is_about() -> None:
    noted = replace(CALL, notes=(NoteSeen(0, "the line is cut"),))
    said = replace(noted, utterances=(HELLO, replace(HI, is_settled=True)))
    assert Lines().new(Picture((), (said,)))[1:] == [
        "call  Maple School: Maple School, hello.",
        "call  the line is cut",
        "call  Floyd (640 ms): Hi, this is",
    ]
