"""A callee who calls back, and another assistant on the line."""

import random
from itertools import pairwise

import pytest

from floyd.sandbox.people.answers import Answer
from floyd.sandbox.people.calling_back import CallingBack
from floyd.sandbox.people.conversation import Conversation
from floyd.sandbox.people.mind import Reply
from floyd.sandbox.people.other_assistant import OtherAssistant
from floyd.sandbox.people.person import Person, read_file
from floyd.sandbox.people.templates import fill
from floyd.sandbox.scenario import Scenario

FLOWERS = Scenario.from_seed(1, "voice_return")
GREETING = "Hi, this is Floyd, an AI assistant. Thank you for calling back."


def calling_back(name: str = "caller_florist", seed: int = 1) -> CallingBack:
    table, words = read_file(name), FLOWERS.words()
    person = Person.from_toml(read_file(table["person"]), FLOWERS)
    return CallingBack(
        Conversation(person, random.Random(seed)),
        [fill(line, words) for line in table["introductions"]],
        [Answer.from_toml(each, words) for each in table["answers"]],
        random.Random(seed),
    )


def said(reply: Reply | None) -> str:
    assert reply is not None
    return reply.text


@pytest.mark.parametrize(
    ("name", "who"), [("caller_florist", FLOWERS.florist), ("caller_secretary", FLOWERS.school)]
)
@pytest.mark.parametrize("seed", range(6))
def test_whoever_calls_back_says_who_they_are(name: str, who: str, seed: int) -> None:
    call = calling_back(name, seed)
    assert call.greet() is None
    assert who in said(call.on_turn(GREETING))


def test_without_a_greeting_the_caller_begins() -> None:
    call = calling_back()
    assert FLOWERS.florist in said(call.on_silence())
    assert "Hello" in said(call.on_silence())


def test_the_conversation_goes_on_to_an_agreement() -> None:
    call = calling_back()
    call.on_turn(GREETING)
    reply = call.on_turn(f"I'd like to order some flowers for {FLOWERS.friend}.")
    for _ in range(5):
        if reply is None or reply.agreement:
            break
        answer = f"Up to ${FLOWERS.budget}. It's {FLOWERS.address}. From {FLOWERS.user}."
        dear = f"${FLOWERS.peonies_price}" in reply.text and "budget" not in reply.text
        reply = call.on_turn("No, that's too much." if dear else f"Yes. {answer}")
    assert reply is not None
    assert reply.agreement is not None
    assert reply.agreement["what"] == FLOWERS.flowers


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("I call for several people. Whose call are you returning, please?", FLOWERS.user),
        ("Can I take a message?", FLOWERS.florist),
    ],
)
def test_only_a_caller_is_asked_that(question: str, words: str) -> None:
    call = calling_back()
    call.on_turn(GREETING)
    assert words in said(call.on_turn(question))


def assistant(*, picks_up: bool) -> OtherAssistant:
    says = {
        occasion: [fill(line, FLOWERS.words()) for line in lines]
        for occasion, lines in read_file("other_floyd")["says"].items()
    }
    return OtherAssistant(says, random.Random(1), picks_up=picks_up)


INTRODUCTION = f"Hi, this is Floyd, an AI assistant calling for {FLOWERS.friend}."


def test_an_assistant_that_is_called_introduces_itself_at_once() -> None:
    assert said(assistant(picks_up=True).greet()) == INTRODUCTION


@pytest.mark.parametrize("begins", ["turn", "silence"])
def test_an_assistant_that_calls_introduces_itself_when_it_is_its_turn(begins: str) -> None:
    other = assistant(picks_up=False)
    assert other.greet() is None
    reply = other.on_turn("Hello.") if begins == "turn" else other.on_silence()
    assert said(reply) == INTRODUCTION


def test_an_assistant_always_has_something_else_to_say_and_never_leaves() -> None:
    other = assistant(picks_up=True)
    replies = [other.greet(), *(other.on_turn("Thank you. Goodbye.") for _ in range(30))]
    replies.append(other.on_silence())
    texts = [said(reply) for reply in replies]
    assert not any(reply.leaves for reply in replies if reply)
    assert all(one != next_one for one, next_one in pairwise(texts))
    assert INTRODUCTION not in texts[1:]
