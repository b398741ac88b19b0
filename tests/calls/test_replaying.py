"""A stored call, run through the core again."""

import pytest

from floyd.calls import replaying
from floyd.calls.event_codec import A_STREAM
from floyd.calls.vocabulary import StreamStarted
from floyd.errors import ReplayError
from floyd.store.database import writing
from floyd.store.models import Call, CallEvent
from tests.calls.stored_calls import StoredConversation, talk_about_mara


def row_of(kind: str) -> CallEvent:
    rows = CallEvent.select().order_by(CallEvent.position)
    row: CallEvent = next(row for row in rows if row.event["type"] == kind)
    return row


def test_a_call_is_decided_as_it_was_live_over_all_of_its_streams(call: Call) -> None:
    again = talk_about_mara(call)
    streams = replaying.streams_of(call)
    assert [stream.generation for stream in streams] == [1, 2]
    assert streams[1].brief.offset_s == 30.0
    steps = list(replaying.replay(streams[1]))
    assert [command for step in steps for command in step.commands] == again.done
    assert replaying.differences(call) == []


def test_a_decision_that_was_another_one_live_is_found(call: Call) -> None:
    talk_about_mara(call)
    row = row_of("SpeechPaused")
    with writing():
        CallEvent.update(commands=[{"type": "HangUp"}]).where(CallEvent.id == row.id).execute()
    (step,) = replaying.differences(call)
    assert (step.position, step.live) == (row.position, [{"type": "HangUp"}])


def test_an_event_that_the_core_broke_on_live_is_decided_otherwise_now(call: Call) -> None:
    StoredConversation(call).happens(StreamStarted())
    with writing():
        CallEvent.update(commands=None).execute()
    (step,) = replaying.differences(call)
    assert step.live is None


def test_an_event_that_was_never_stored_is_told_of(call: Call) -> None:
    talk_about_mara(call)
    with writing():
        CallEvent.delete().where(CallEvent.position == A_STREAM + 2).execute()
    steps = list(replaying.replay(replaying.streams_of(call)[0]))
    assert [step.lost for step in steps[:3]] == [0, 1, 0]


def test_a_call_is_found_by_its_number_its_sid_and_its_attempt(call: Call) -> None:
    with writing():
        Call.update(sid="CA1").execute()
    for name in (str(call.id), "CA1", call.attempt):
        assert replaying.find(name) == call
    for name in (str(call.id + 1), "CA2", "", "-1", "²", "9" * 30):
        assert replaying.find(name) is None


def test_what_cannot_be_run_again_is_refused_with_the_reason(call: Call) -> None:
    with pytest.raises(ReplayError, match="never live"):
        replaying.streams_of(call)
    assert replaying.differences(call) == []
    with writing():
        CallEvent.create(call=call, position=A_STREAM, at_s=0.0, event={"type": "StreamStarted"})
    with pytest.raises(ReplayError, match="older Floyd"):
        replaying.streams_of(call)
    with writing():
        CallEvent.update(event={"type": "CallBrief"}).execute()
    with pytest.raises(ReplayError, match=r"CallBrief\.call_id: Field required"):
        replaying.streams_of(call)


def test_an_event_of_another_floyd_is_named(call: Call) -> None:
    StoredConversation(call).happens(StreamStarted())
    with writing():
        CallEvent.update(event={"type": "Sneezed"}).where(CallEvent.position > A_STREAM).execute()
    with pytest.raises(ReplayError, match="there is no event Sneezed"):
        replaying.differences(call)
