"""What holds in the core whatever happens, in whatever order."""

import json
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from floyd.calls.turns import Turns
from floyd.calls.vocabulary import (
    ClauseMisread,
    ClauseSent,
    ClauseWritten,
    ClearPlayback,
    Command,
    Drop,
    Event,
    Generate,
    HandOverAsked,
    HangUp,
    LeaveStream,
    ListeningFailed,
    MachineDetected,
    MarkReached,
    RecordUtterance,
    Release,
    ReplyBegun,
    ReplyFailed,
    ReplyWritten,
    Say,
    SoundReady,
    SoundSent,
    SpeechPaused,
    SpeechStarted,
    StreamStarted,
    TimePassed,
    ToolCalled,
    WordsHeard,
)
from tests.calls.builders import INTRODUCTION, brief, role_of

WORDS = st.sampled_from(
    ["hello", "mm-hm", "what is her name", "what is her name and", "Okay, noted.", "bye", ""]
)
REPLIES = st.integers(0, 6)
CLAUSES = st.integers(0, 1)
ARGUMENTS = st.sampled_from(
    [json.dumps({"outcome": "done", "evidence": ["noted"]}), "{", json.dumps({"missing": ["x?"]})]
)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.just(StreamStarted()),
    st.floats(0, 100).map(SpeechStarted),
    st.floats(0, 100).map(SpeechPaused),
    st.builds(WordsHeard, WORDS, st.booleans()),
    REPLIES.map(ReplyBegun),
    st.builds(ClauseWritten, REPLIES, CLAUSES, st.just("A clause.")),
    REPLIES.map(SoundReady),
    st.builds(SoundSent, REPLIES, CLAUSES, st.floats(0.1, 3)),
    st.builds(ClauseSent, REPLIES, CLAUSES, st.sampled_from(["m1", "m2", "m3"])),
    st.builds(ClauseMisread, REPLIES, st.just(0), st.just("Another clause.")),
    st.builds(ToolCalled, REPLIES, st.sampled_from(["finish", "call_back_later"]), ARGUMENTS),
    REPLIES.map(ReplyWritten),
    REPLIES.map(ReplyFailed),
    st.sampled_from(["m1", "m2", "m3", "other"]).map(MarkReached),
    st.sampled_from(["human", "machine_end_beep", "machine_end_other"]).map(MachineDetected),
    st.just(TimePassed()),
    st.just(ListeningFailed()),
    st.just(HandOverAsked()),
)
TIMELINES = st.lists(st.tuples(EVENTS, st.floats(0, 3)), max_size=60)


def played(timeline: Sequence[tuple[Event, float]]) -> list[list[Command]]:
    core, now_s, steps = Turns(brief(role_of(voicemail_message="Mara is sick."))), 0.0, []
    for event, passes_s in timeline:
        now_s += passes_s
        steps.append(core.handle(event, now_s))
    return steps


@settings(max_examples=120, deadline=None)
@given(TIMELINES)
def test_nothing_is_done_once_the_call_is_over(timeline: list[tuple[Event, float]]) -> None:
    over = False
    for commands in played(timeline):
        assert not (over and commands)
        over = over or any(isinstance(c, HangUp | LeaveStream) for c in commands)


@settings(max_examples=120, deadline=None)
@given(TIMELINES)
def test_a_reply_is_released_at_most_once_and_never_after_it_was_dropped(
    timeline: list[tuple[Event, float]],
) -> None:
    gone: set[int] = set()
    for command in (c for commands in played(timeline) for c in commands):
        if isinstance(command, Release):
            assert command.reply not in gone
        if isinstance(command, Release | Drop):
            gone.add(command.reply)


@settings(max_examples=120, deadline=None)
@given(TIMELINES)
def test_only_one_prepared_reply_is_kept_at_a_time(timeline: list[tuple[Event, float]]) -> None:
    held: set[int] = set()
    for commands in played(timeline):
        for command in commands:
            if isinstance(command, Generate):
                held.add(command.reply)
            elif isinstance(command, Release | Drop):
                held.discard(command.reply)
        assert len(held) <= 1


@settings(max_examples=120, deadline=None)
@given(TIMELINES)
def test_the_introduction_is_queued_before_anything_else_is_said(
    timeline: list[tuple[Event, float]],
) -> None:
    introduced = False
    for command in (c for commands in played([(StreamStarted(), 0), *timeline]) for c in commands):
        if isinstance(command, Say):
            introduced = introduced or command.text == INTRODUCTION
        if isinstance(command, Release):
            assert introduced


@settings(max_examples=120, deadline=None)
@given(TIMELINES)
def test_what_is_recorded_of_floyd_was_sent_before(timeline: list[tuple[Event, float]]) -> None:
    sent = False
    for (event, _), commands in zip(timeline, played(timeline), strict=True):
        sent = sent or isinstance(event, SoundSent | ClauseMisread)
        recorded = [c for c in commands if isinstance(c, RecordUtterance) and c.speaker == "floyd"]
        assert sent or not recorded


@settings(max_examples=200, deadline=None)
@given(TIMELINES)
def test_the_same_events_lead_to_the_same_commands(timeline: list[tuple[Event, float]]) -> None:
    assert played(timeline) == played(timeline)


@settings(max_examples=200, deadline=None)
@given(TIMELINES)
def test_clearing_is_always_followed_by_what_was_heard_never_by_more(
    timeline: list[tuple[Event, float]],
) -> None:
    for commands in played(timeline):
        cleared = [i for i, c in enumerate(commands) if isinstance(c, ClearPlayback)]
        records = [
            i
            for i, c in enumerate(commands)
            if isinstance(c, RecordUtterance) and c.speaker == "floyd"
        ]
        assert not cleared or all(i < cleared[-1] for i in records)
