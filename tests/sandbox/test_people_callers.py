"""What people say who phone Floyd: the request, answers from the story, a yes, a goodbye."""

import random
from dataclasses import replace

import pytest

from floyd.sandbox.people.answers import question_in
from floyd.sandbox.people.caller import Caller
from floyd.sandbox.people.errand_of_a_caller import ErrandOfACaller
from floyd.sandbox.people.mind import Reply
from floyd.sandbox.people.person import read_file
from floyd.sandbox.scenario import STORIES, Scenario

MARA = Scenario.from_seed(0)
FLOWERS = Scenario.from_seed(0, "flowers")
GREETING = "Hi, this is Floyd, your AI assistant. What can I do for you?"
CALLERS = (
    "caller_school",
    "caller_hangs_up",
    "caller_flowers",
    "caller_flowers_at_once",
    "caller_flowers_later",
    "caller_status",
    "caller_answer",
    "caller_cancel",
    "caller_teach",
)


def read(name: str, story: Scenario = MARA) -> Caller:
    return Caller.from_toml(read_file(name), read_file("callers"), story)


def calling(name: str, story: Scenario = MARA, **changes: object) -> ErrandOfACaller:
    caller = replace(read(name, story), **changes)  # type: ignore[arg-type]  # any field
    return ErrandOfACaller(caller, random.Random(1))


def said(reply: Reply | None) -> str:
    assert reply is not None
    return reply.text


def asked_by(name: str, story: Scenario = MARA) -> ErrandOfACaller:
    """A caller who has said their request."""
    call = calling(name, story, requests=(("Please do it.",),))
    call.on_turn(GREETING)
    return call


def test_a_caller_waits_for_the_greeting_and_wonders_where_it_is() -> None:
    call = calling("caller_school")
    assert call.greet() is None
    assert "Hello" in said(call.on_silence())
    assert "Hello" in said(call.on_silence())
    reply = call.on_silence()
    assert reply is not None
    assert reply.leaves
    assert call.on_turn(GREETING) is None


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize("seed", range(4))
def test_every_caller_has_a_request_in_every_story(name: str, story: str, seed: int) -> None:
    caller = read(name, Scenario.from_seed(seed, story))
    lines = [line for request in caller.requests for line in request]
    answers = (*caller.own_answers, *caller.answers)
    lines += [line for answer in answers for line in answer.says]
    assert len({request[0] for request in caller.requests}) == len(caller.requests)
    assert not any("{" in line for line in lines)
    call = ErrandOfACaller(caller, random.Random(seed))
    assert said(call.on_turn(GREETING)) in lines or "hangs_up" in name


@pytest.mark.parametrize("go_on", [lambda call: call.on_turn("Yes?"), ErrandOfACaller.on_silence])
def test_a_request_of_two_utterances_is_said_one_after_the_other(go_on: object) -> None:
    call = calling("caller_school", requests=(("Hi Floyd.", "Call the school."),))
    assert said(call.on_turn(GREETING)) == "Hi Floyd."
    assert callable(go_on)
    assert said(go_on(call)) == "Call the school."


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Which school is it?", "Maple School"),
        ("What's the name of the school?", "Maple School"),
        ("Whom should I call?", "Maple School"),
        ("What is her full name?", "Mara Berg"),
        ("And which class is she in?", "3B"),
        ("Who's calling, please?", "Anna Berg"),
        ("Is that just for today?", "today"),
        ("What should I tell them?", "sick"),
        ("How long will she be away?", "today"),
    ],
)
def test_what_the_school_needs_is_answered_from_the_story(question: str, words: str) -> None:
    assert words in said(asked_by("caller_school").on_turn(question))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is your budget?", "$80"),
        ("How much may they cost?", "$80"),
        ("Do you have a budget in mind?", "$80"),
        ("Where should they be delivered?", "12 Suffolk St, Guelph"),
        ("What's the address?", "12 Suffolk St, Guelph"),
        ("What kind of flowers would you like?", "roses"),
        ("Who are they for?", "Krista"),
        ("Whom should I call?", "Royal City Flowers"),
        ("When do you need them?", "they can"),
    ],
)
def test_what_the_florist_needs_is_answered_from_the_story(question: str, words: str) -> None:
    assert words in said(asked_by("caller_flowers", FLOWERS).on_turn(question))


def test_two_questions_in_one_are_both_answered() -> None:
    call = asked_by("caller_flowers", FLOWERS)
    answer = said(call.on_turn("How much may they cost, and where should I have them sent?"))
    assert "$80" in answer
    assert "12 Suffolk St" in answer


@pytest.mark.parametrize(
    "essence",
    [
        "So I'll call Maple School and tell them that Mara is sick today. Is that right?",
        "You'd like me to order Krista flowers for up to $80 to 12 Suffolk St?",
        "Shall I call them now?",
        "So I'll say that Mara is sick. Is that right?",
        "I'll let the school know that Mara is sick today, correct?",
    ],
)
@pytest.mark.parametrize("name", ["caller_school", "caller_flowers"])
def test_what_is_repeated_is_agreed_to(name: str, essence: str) -> None:
    call = asked_by(name, FLOWERS)
    assert said(call.on_turn(essence)) in read(name).says["yes"]


@pytest.mark.parametrize("question", ["How much may it cost?", "Where should they be delivered?"])
def test_what_a_caller_will_tell_later_is_not_told_now(question: str) -> None:
    answer = said(asked_by("caller_flowers_later", FLOWERS).on_turn(question))
    assert "text" in answer.lower()
    assert FLOWERS.budget not in answer
    assert "Suffolk" not in answer


def test_what_nobody_knows_is_not_made_up() -> None:
    caller = read("caller_school")
    reply = asked_by("caller_school").on_turn("Does she like elephants?")
    assert said(reply) in caller.says["unknown"]


def test_nothing_else_is_wanted() -> None:
    caller = read("caller_school")
    call = asked_by("caller_school")
    assert said(call.on_turn("Is there anything else?")) in caller.says["nothing_else"]
    assert said(call.on_turn("Okay. I'll say that she is sick.")) in caller.says["thanks"]


def test_a_caller_who_was_not_understood_says_it_again() -> None:
    call = asked_by("caller_school")
    assert said(call.on_turn("Sorry, I didn't catch that.")) == "Please do it."
    assert said(call.on_turn("What can I do for you?")) == "Please do it."
    assert said(call.on_turn("Yes?")) == "Please do it."
    answer = said(call.on_turn("Which class is she in?"))
    assert said(call.on_turn("Could you say that again?")) == answer


def test_a_caller_who_is_asked_to_wait_waits() -> None:
    call = asked_by("caller_status")
    assert call.on_turn("One moment, please.") is None
    reply = call.on_turn("I'm waiting for the florist.")
    assert reply is not None
    assert reply.leaves


def test_who_is_in_the_middle_of_a_sentence_is_not_spoken_over() -> None:
    caller = read("caller_school")
    call = asked_by("caller_school")
    assert call.on_turn("So I'll call the school: Mara") is None
    assert said(call.on_turn("is sick today. Is that right?")) in caller.says["yes"]
    assert call.on_turn("And which class") is None
    assert "3B" in said(call.on_turn("is she in?"))


def test_a_sentence_that_nobody_ends_is_answered_after_a_while() -> None:
    call = asked_by("caller_school")
    assert call.on_turn("I see") is None
    assert said(call.on_silence()) in read("caller_school").says["thanks"]


def test_a_goodbye_is_answered_and_the_caller_hangs_up() -> None:
    call = asked_by("caller_school")
    reply = call.on_turn("I'll call them and text you. Goodbye.")
    assert reply is not None
    assert reply.leaves
    assert "bye" in reply.text.lower()
    assert call.on_turn("Bye.") is None
    assert call.on_silence() is None


def test_a_goodbye_before_the_request_ends_the_call_too() -> None:
    reply = calling("caller_school").on_turn("All my lines are busy, please text me. Goodbye.")
    assert reply is not None
    assert reply.leaves


def test_a_caller_has_enough_after_a_while() -> None:
    call = asked_by("caller_school")
    replies = [call.on_turn("Okay, I see.") for _ in range(11)]
    assert [reply.leaves for reply in replies if reply] == [False] * 10 + [True]


@pytest.mark.parametrize("seed", range(8))
def test_a_line_goes_dead_in_the_middle_of_a_sentence(seed: int) -> None:
    call = ErrandOfACaller(read("caller_hangs_up"), random.Random(seed))
    reply = call.on_turn(GREETING)
    if reply is not None and not reply.leaves:
        reply = call.on_turn("Hello, what can I do for you?")
    assert reply is not None
    assert "Mara" in reply.text
    assert reply.text[-1].isalpha()
    assert reply.leaves
    assert reply.unsaid
    assert call.on_silence() is None


@pytest.mark.parametrize(
    ("heard", "question"),
    [
        ("All right. Which school is it?", "Which school is it?"),
        ("Is it 3.5 dollars? Okay.", "Is it 3.5 dollars?"),
        ("I'll call them.", ""),
    ],
)
def test_only_what_ends_in_a_question_mark_is_asked(heard: str, question: str) -> None:
    assert question_in(heard) == question
