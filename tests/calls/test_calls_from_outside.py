"""What the core decides when Floyd was called: by its user, or by a callee who calls back."""

import json

import pytest

from floyd.calls import phrases, tools
from floyd.calls.roles import Role
from floyd.calls.vocabulary import (
    ClearPlayback,
    Drop,
    Generate,
    HangUp,
    RecordFinish,
    Release,
    Say,
    SpeechPaused,
    SpeechStarted,
    StreamStarted,
    TakenUp,
    TakeUp,
    Turn,
    WordsHeard,
)
from tests.calls.builders import Conversation, brief, role_of, said

DESK = role_of(
    introduction=phrases.DESK_GREETING,
    first_line=None,
    instructions="desk",
    tools=tools.OF_THE_DESK,
    other_side="user",
    speaks_first=True,
    is_known_to_callers=True,
)
PHONED_BACK = role_of(
    introduction=phrases.RETURN_GREETING,
    first_line="I called you for Anna.",
    instructions="return",
    speaks_first=True,
)
FINDING_OUT = role_of(
    introduction=phrases.RETURN_GREETING,
    first_line=phrases.WHOSE_CALL,
    tools=tools.TO_FIND_OUT,
    speaks_first=True,
    candidates=frozenset({7, 9}),
)
END_CALL = ("end_call", "{}")
REQUEST = "please call the school and say that Mara is sick"


def desk_call() -> Conversation:
    talk = Conversation(brief(DESK, disclosed=True))
    talk.happens(StreamStarted())
    return talk


def call_back(role: Role = PHONED_BACK) -> Conversation:
    talk = Conversation(brief(role))
    talk.happens(StreamStarted())
    return talk


def spoken(talk: Conversation) -> list[str]:
    return [say.text for say in talk.all(Say)]


def test_a_user_who_calls_is_greeted_at_once() -> None:
    assert spoken(desk_call()) == [phrases.DESK_GREETING]


def test_a_callee_who_calls_back_is_thanked_and_told_for_whom_floyd_called() -> None:
    assert spoken(call_back()) == [phrases.RETURN_GREETING, "I called you for Anna."]


def test_what_is_said_over_the_greeting_stops_it_and_is_answered() -> None:
    talk = desk_call()
    greeting = talk.all(Say)[0]
    talk.sound_goes_out(greeting.reply, greeting.text, duration_s=4.0)
    talk.now_s += 1.0
    talk.callee_says(REQUEST, pause_s=1.0)
    assert ClearPlayback() in talk.done
    assert spoken(talk) == [phrases.DESK_GREETING]
    turns = talk.last_generated().turns
    assert said(turns, "floyd")[0].endswith("—")
    assert turns[-1] == Turn("callee", REQUEST)
    assert talk.last_released() == talk.last_generated().reply


def test_a_user_who_speaks_before_a_slow_voice_does_is_answered_instead_of_greeted() -> None:
    talk = desk_call()
    talk.callee_says(REQUEST, pause_s=1.0)
    assert ClearPlayback() in talk.done
    assert spoken(talk) == [phrases.DESK_GREETING]
    assert len(talk.all(Release)) == 1


def test_noise_and_a_mere_mm_hm_do_not_stop_the_greeting() -> None:
    talk = desk_call()
    greeting = talk.all(Say)[0]
    marks = talk.sound_goes_out(greeting.reply, greeting.text, duration_s=4.0)
    talk.happens(SpeechStarted(0.5), 0.6)
    talk.happens(SpeechPaused(0.8), 0.9)
    talk.happens(SpeechStarted(1.2), 1.3)
    talk.happens(WordsHeard("okay", False))
    talk.happens(SpeechPaused(1.5), 1.6)
    talk.is_heard(marks)
    assert talk.all(ClearPlayback) == []


def test_a_caller_who_says_nothing_is_asked_then_left() -> None:
    talk = desk_call()
    talk.everything_is_heard()
    for _ in range(3):
        talk.wait(8.0)
        talk.everything_is_heard()
    assert spoken(talk)[1:] == [phrases.STILL_THERE, phrases.STILL_THERE, phrases.NOBODY_THERE]


def test_a_desk_call_ends_when_everything_is_said_and_needs_no_proof() -> None:
    talk = desk_call()
    talk.everything_is_heard()
    talk.callee_says("yes please that is all", pause_s=1.0)
    talk.floyd_answers("I'll see to it and text you. Goodbye.", tool=END_CALL)
    talk.callee_says("thanks bye", pause_s=1.0)
    assert talk.all(RecordFinish)[-1].finish == {"outcome": "done", "evidence": [], "missing": []}
    assert isinstance(talk.done[-1], HangUp)


def test_a_wish_that_comes_after_the_goodbye_keeps_the_call() -> None:
    talk = desk_call()
    talk.everything_is_heard()
    talk.callee_says("that is all", pause_s=1.0)
    talk.final("that is all")
    talk.floyd_answers("I'll see to it. Goodbye.", tool=END_CALL)
    talk.callee_says("oh and one more thing", pause_s=1.0)
    assert talk.all(HangUp) == []
    assert len(talk.all(Release)) == 2


@pytest.mark.parametrize("tool", ["finish", "take_up", "call_back_later"])
def test_the_desk_has_no_tool_but_to_end_the_call(tool: str) -> None:
    talk = desk_call()
    talk.everything_is_heard()
    talk.callee_says(REQUEST, pause_s=1.0)
    talk.floyd_answers("All done.", tool=(tool, json.dumps({"errand": 7})))
    assert "no tool" in talk.last_generated().turns[-1].text
    assert talk.all(TakeUp) == []


def test_a_resumed_desk_call_does_not_greet_again() -> None:
    earlier = ((0, Turn("floyd", phrases.DESK_GREETING)), (1, Turn("callee", REQUEST)))
    talk = Conversation(brief(DESK, earlier=earlier, answered=True, disclosed=True))
    talk.happens(StreamStarted())
    assert spoken(talk) == [phrases.LINE_WAS_LOST]
    assert said(talk.last_generated().turns, "callee") == [REQUEST]


def test_a_return_that_interrupts_the_disclosure_hears_it_before_any_answer() -> None:
    talk = call_back()
    greeting = talk.all(Say)[0]
    talk.sound_goes_out(greeting.reply, greeting.text, duration_s=3.0)
    talk.now_s += 1.0
    # The first clause was sent: what comes now is an interruption.
    talk.callee_says("you called us about flowers", pause_s=1.0)
    assert spoken(talk)[-1] == phrases.RETURN_GREETING
    assert talk.done.index(talk.all(Say)[-1]) < talk.done.index(talk.all(Release)[-1])


def test_a_caller_who_never_ends_is_taken_leave_of_after_twenty_minutes() -> None:
    talk = Conversation(brief(DESK, disclosed=True, answered=True, offset_s=19 * 60.0))
    talk.happens(StreamStarted())
    for number in range(10):
        talk.everything_is_heard()
        talk.callee_says(f"and this is number {number}", pause_s=7.0)
        talk.final(f"and this is number {number}")
    assert spoken(talk)[-1] == phrases.OUT_OF_TIME
    talk.everything_is_heard()
    assert isinstance(talk.done[-1], HangUp)


def take_up(talk: Conversation, errand: int, words: str = "it is about Anna") -> None:
    talk.callee_says(words, pause_s=1.0)
    talk.final(words)
    talk.floyd_answers(tool=("take_up", json.dumps({"errand": errand})))


def found_out(errand: int = 7) -> Conversation:
    talk = call_back(FINDING_OUT)
    talk.everything_is_heard()
    take_up(talk, errand)
    return talk


def test_a_call_is_taken_up_once_it_is_clear_whose_it_is() -> None:
    talk = found_out()
    assert spoken(talk) == [phrases.RETURN_GREETING, phrases.WHOSE_CALL]
    assert talk.all(TakeUp) == [TakeUp(7)]


def test_an_errand_that_is_no_candidate_is_not_taken_up() -> None:
    talk = found_out(errand=8)
    assert talk.all(TakeUp) == []
    assert "none of the candidates" in talk.last_generated().turns[-1].text


def test_a_call_is_taken_up_at_most_once() -> None:
    talk = found_out()
    take_up(talk, 9, "or about Ben")
    assert talk.all(TakeUp) == [TakeUp(7)]


def test_floyd_goes_on_with_the_errand_and_its_tools_once_that_is_taken_up() -> None:
    talk = found_out()
    talk.happens(TakenUp(7))
    assert "plan" in talk.last_generated().turns[-1].text
    assert talk.last_released() == talk.last_generated().reply
    talk.floyd_answers("It was about flowers.")
    talk.callee_says("all right, we have the roses", pause_s=1.0)
    finish = {"outcome": "done", "evidence": ["we have the roses"]}
    talk.floyd_answers("Thank you, goodbye.", tool=("finish", json.dumps(finish)))
    talk.wait(3.0)
    assert talk.all(RecordFinish)[-1].finish["outcome"] == "done"


def test_an_errand_that_cannot_be_taken_up_leaves_a_message_to_take() -> None:
    talk = found_out()
    talk.happens(TakenUp(None))
    assert "message" in talk.last_generated().turns[-1].text
    talk.floyd_answers("Can I take a message?")
    talk.callee_says("just say that we called", pause_s=1.0)
    talk.floyd_answers("I pass it on. Goodbye.", tool=END_CALL)
    talk.wait(3.0)
    assert isinstance(talk.done[-1], HangUp)


def test_a_reply_that_was_prepared_without_the_errand_is_dropped() -> None:
    talk = found_out()
    talk.callee_says("it was about Ada", pause_s=0.2)
    draft = talk.all(Generate)[-1].reply
    talk.happens(TakenUp(7))
    assert Drop(draft) in talk.done
    talk.wait(2.0)
    assert talk.last_released() not in (draft,)
