"""Two assistants on one line: who counts as one, and that they part within six turns."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floyd.calls import phrases, tools
from floyd.calls.courtesy import is_back_channel
from floyd.calls.two_assistants import MOST_TURNS, introduces_assistant, last_words_are_due
from floyd.calls.vocabulary import (
    HangUp,
    RecordFinish,
    RecordUtterance,
    Release,
    ReplyFailed,
    Say,
    StreamStarted,
    Turn,
)
from tests.calls.builders import INTRODUCTION, Conversation, brief, role_of

DESK = role_of(
    introduction=phrases.DESK_GREETING,
    first_line=None,
    tools=tools.OF_THE_DESK,
    speaks_first=True,
    is_known_to_callers=True,
)
POLITE = "How nice to hear from you, what else can I do for you today"
FINISHED = ("finish", json.dumps({"outcome": "done", "evidence": ["nice to hear"]}))


@pytest.mark.parametrize(
    "text",
    [
        phrases.DESK_GREETING,
        phrases.RETURN_GREETING,
        INTRODUCTION,
        "hi this is lloyd an ai assistant calling for robin",
        "Hello, I'm Ava, Robin's AI assistant.",
        "this is ava a virtual assistant calling on behalf of robin lane",
        "My name is Ava, the A.I. assistant speaking for Robin.",
    ],
)
def test_who_introduces_themselves_as_somebodys_assistant_is_one(text: str) -> None:
    assert introduces_assistant(text)


@pytest.mark.parametrize(
    "text",
    [
        "Maple School, good morning.",
        "Is this an AI assistant calling for Anna?",
        "So I'm talking to an AI assistant calling for Anna, am I?",
        "I'm not an AI assistant.",
        "Hi Floyd, please call the school.",
        "Thank you for calling, this is the virtual assistant of Brock Road Garage.",
        "We have an AI assistant too.",
    ],
)
def test_who_speaks_of_one_or_answers_a_house_phone_is_not(text: str) -> None:
    assert not introduces_assistant(text)


def test_a_talk_with_a_person_may_last() -> None:
    turns = [Turn("callee", "Hello?"), Turn("floyd", INTRODUCTION)] * 20
    assert not last_words_are_due(turns)


@pytest.mark.parametrize(
    ("turns_before", "due"), [("c", False), ("cf", False), ("cfc", False), ("cfcf", False)]
)
def test_there_is_time_for_a_few_words(turns_before: str, due: bool) -> None:
    assert last_words_are_due(told(turns_before)) is due


@pytest.mark.parametrize("turns_before", ["cfcfc", "fcfc", "cfcfcf", "fcfcfcfcfc"])
def test_then_come_the_last_ones(turns_before: str) -> None:
    assert last_words_are_due(told(turns_before))


def told(speakers: str) -> list[Turn]:
    return [
        Turn("floyd", POLITE) if one == "f" else Turn("callee", INTRODUCTION) for one in speakers
    ]


def says(talk: Conversation, words: str, pause_s: float = 1.0) -> None:
    talk.callee_says(words, pause_s=pause_s)
    talk.final(words)


def turns_of(talk: Conversation) -> list[str]:
    """Who spoke, one after the other, as it was recorded; an "mm-hm" is no turn."""
    said = {record.position: record for record in talk.all(RecordUtterance)}
    speakers: list[str] = []
    for _, record in sorted(said.items()):
        if record.speaker == "callee" and is_back_channel(record.text):
            continue
        if speakers[-1:] != [record.speaker]:
            speakers.append(record.speaker)
    return speakers


def test_a_call_to_another_assistant_ends_with_a_goodbye_of_our_own() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    says(talk, phrases.DESK_GREETING)
    talk.everything_is_heard()
    says(talk, POLITE)
    talk.floyd_answers("Could you note that?")
    says(talk, POLITE)
    assert talk.all(Say)[-1].text == phrases.BOTH_ASSISTANTS
    talk.everything_is_heard()
    assert talk.all(RecordFinish)[-1].finish["outcome"] == "declined"
    assert isinstance(talk.done[-1], HangUp)
    assert len(turns_of(talk)) == MOST_TURNS


def test_what_was_concluded_before_the_goodbye_stays_true() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    says(talk, phrases.DESK_GREETING)
    talk.everything_is_heard()
    says(talk, POLITE)
    talk.floyd_answers("Thank you, goodbye.", tool=FINISHED)
    says(talk, "And what else may I do for you?")
    talk.everything_is_heard()
    assert talk.all(RecordFinish)[-1].finish["outcome"] == "done"
    assert isinstance(talk.done[-1], HangUp)


def test_nothing_that_is_said_during_the_goodbye_is_answered() -> None:
    talk = Conversation(brief(DESK))
    talk.happens(StreamStarted())
    talk.everything_is_heard()
    says(talk, INTRODUCTION)
    talk.floyd_answers("What can I do for Anna?")
    says(talk, POLITE)
    goodbye = talk.all(Say)[-1]
    assert goodbye.text == phrases.BOTH_ASSISTANTS
    marks = talk.sound_goes_out(goodbye.reply, goodbye.text)
    says(talk, "Before you go, what else can I do for you?", pause_s=0.5)
    talk.is_heard(marks)
    assert isinstance(talk.done[-1], HangUp)
    assert len(talk.all(Release)) == 1


def test_two_floyds_who_phone_each_other_part_within_six_turns() -> None:
    phoned, phoning = Conversation(brief(DESK)), Conversation()
    phoned.happens(StreamStarted())
    phoning.happens(StreamStarted())
    sides, turns = [phoned, phoning], 0
    while not (phoned.all(HangUp) or phoning.all(HangUp)):
        speaking, listening = sides
        words = spoken_by(speaking)
        turns += 1
        assert turns <= MOST_TURNS
        if not speaking.all(HangUp):
            says(listening, words)
        sides.reverse()


def spoken_by(talk: Conversation) -> str:
    """Let a Floyd say what it has to say, whether of its own or its model's."""
    before = len(talk.all(RecordUtterance))
    talk.everything_is_heard()
    if len(talk.all(RecordUtterance)) == before:
        talk.floyd_answers(POLITE)
    return talk.all(RecordUtterance)[-1].text


STEPS = st.lists(
    st.tuples(
        st.sampled_from([POLITE, "mm-hm", "one question please", "bye", "", INTRODUCTION]),
        st.sampled_from(["heard", "interrupted", "failed", "finished", "silence", "unheard"]),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([brief(), brief(DESK)]), STEPS)
def test_a_known_assistant_never_gets_more_than_six_turns(call: Any, steps: Any) -> None:
    talk = Conversation(call)
    talk.happens(StreamStarted())
    talk.everything_is_heard()
    says(talk, INTRODUCTION)
    for words, answer in steps:
        talk.everything_is_heard()
        reacts(talk, answer)
        if words:
            says(talk, words)
    talk.everything_is_heard()
    assert len(turns_of(talk)) <= MOST_TURNS


def reacts(talk: Conversation, answer: str) -> None:
    """What becomes of the reply that was released last."""
    if answer == "silence":
        talk.wait(9.0)
    elif talk.all(Release) and answer == "failed":
        talk.happens(ReplyFailed(talk.last_released()))
    elif talk.all(Release) and answer == "interrupted":
        talk.sound_goes_out(talk.last_released(), POLITE, duration_s=4.0)
        talk.now_s += 1.0
    elif talk.all(Release) and answer in ("heard", "finished"):
        talk.floyd_answers(POLITE, tool=FINISHED if answer == "finished" else None)
