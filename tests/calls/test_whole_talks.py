"""What holds in whole conversations, whatever the callee does and whenever: in virtual time."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from floyd.calls.vocabulary import (
    ClearPlayback,
    Drop,
    Generate,
    HangUp,
    RecordUtterance,
    Release,
    ReplyWritten,
    Say,
    StreamEnded,
    WordsHeard,
)
from tests.calls.builders import FIRST_LINE, INTRODUCTION
from tests.calls.telephone import Telephone

ANSWER = ("She is in class 3B,", "with Mrs. Dunn.")
TASK = {FIRST_LINE, *ANSWER}
CLAUSE_S = 1.3


@dataclass(frozen=True)
class Act:
    """Something that the callee does, a while after what they did before."""

    after_s: float
    text: str | None
    is_retracted: bool = False


WORDS = [
    "Hello?",
    "Which class is she in?",
    "okay",
    "um",
    "Wait, who is this",
    "The number is five one nine",
    "Thank you, bye.",
]
ACTS = st.lists(
    st.builds(
        Act,
        st.floats(0.05, 12.0),
        st.one_of(st.none(), st.sampled_from(WORDS)),
        st.booleans(),
    ),
    max_size=12,
)


def played(acts: list[Act]) -> Telephone:
    call, now_s = Telephone(answer=ANSWER, clause_s=CLAUSE_S), 0.0
    for act in acts:
        now_s += act.after_s
        if act.text and act.is_retracted:
            call.sound(now_s, now_s + 0.2)
            call.at(now_s + 0.3, WordsHeard(act.text.lower(), False))
            call.at(now_s + 0.5, WordsHeard("", False))
        elif act.text:
            now_s = call.say(now_s, act.text)
        else:
            call.sound(now_s, now_s + 0.4)
    return call.run(now_s + 60.0)


@settings(max_examples=150, deadline=None)
@given(ACTS)
def test_no_word_of_the_task_is_heard_before_the_introduction_was_heard_to_its_end(
    acts: list[Act],
) -> None:
    disclosed = False
    for sound in sorted(played(acts).sounds, key=lambda sound: sound.from_s):
        assert disclosed or sound.text not in TASK
        disclosed = disclosed or (sound.text == INTRODUCTION and sound.whole)


@settings(max_examples=150, deadline=None)
@given(ACTS)
def test_at_most_one_answer_is_on_its_way_at_a_time(acts: list[Act]) -> None:
    call = played(acts)
    steps = sorted([*call.done, *call.told], key=lambda step: step[0])
    on_its_way: set[int] = set()
    written: set[int] = set()
    for _, step in steps:
        if isinstance(step, Release):
            on_its_way |= {step.reply} - written
            assert len(on_its_way) <= 1
        elif isinstance(step, ClearPlayback):
            on_its_way.clear()
        elif isinstance(step, Drop | ReplyWritten):
            written.add(step.reply)
            on_its_way.discard(step.reply)


@settings(max_examples=150, deadline=None)
@given(ACTS)
def test_nothing_is_heard_after_the_hang_up_and_all_silence_ends(acts: list[Act]) -> None:
    call = played(acts)
    ended = call.when(HangUp)
    assert len(ended) == 1
    assert call.heard_between(ended[0] + 0.001, 1e9) == []


@settings(max_examples=150, deadline=None)
@given(ACTS)
def test_the_history_is_what_was_heard(acts: list[Act]) -> None:
    call = played(acts)
    call.happens(StreamEnded())
    recorded = {
        command.position: command.text
        for _, command in call.done
        if isinstance(command, RecordUtterance) and command.speaker == "floyd"
    }
    heard: dict[int, str] = {}
    for sound in sorted(call.sounds, key=lambda sound: sound.from_s):
        if sound.whole:
            heard[sound.reply] = f"{heard.get(sound.reply, '')} {sound.text}".strip()
    whole = sorted(text for text in heard.values())
    assert sorted(filter(None, map(_without_what_was_cut, recorded.values()))) == whole


def _without_what_was_cut(text: str) -> str:
    """The clauses of an utterance that were heard to their end."""
    if not text.endswith("—"):
        return text
    clauses = (*ANSWER, FIRST_LINE, INTRODUCTION)
    return next((clause for clause in clauses if text.startswith(clause)), "")


@settings(max_examples=100, deadline=None)
@given(ACTS)
def test_each_reply_is_released_or_dropped_or_still_to_be_asked_for(acts: list[Act]) -> None:
    call = played(acts)
    made = {command.reply for _, command in call.done if isinstance(command, Generate)}
    ended = {command.reply for _, command in call.done if isinstance(command, Release | Drop)}
    scripted = {command.reply for _, command in call.done if isinstance(command, Say)}
    assert made - ended - scripted == set()
