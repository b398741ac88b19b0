"""What a call must keep, on its way to the database."""

import asyncio

import pytest

from floyd.calls import brief
from floyd.calls.vocabulary import RecordUtterance
from floyd.calls.writer import Writer
from floyd.clock import Clock
from floyd.store.database import writing
from floyd.store.models import Call, Utterance


@pytest.fixture
def writer() -> Writer:
    return Writer(Clock())


def stored(writer: Writer) -> None:
    async def flush() -> None:
        async with asyncio.timeout(10):
            await writer.flushed()

    asyncio.run(flush())


def test_a_row_that_cannot_be_written_stops_no_other(call: Call, writer: Writer) -> None:
    half_a_character = "\ud800"
    for position, text in enumerate(["before", half_a_character, "after"]):
        said = RecordUtterance(position, "callee", text, None, 0.0, 1.0)
        writer.utterance(call.id, said, 0.0)
    stored(writer)
    assert [row.text for row in Utterance.select().order_by(Utterance.position)] == [
        "before",
        "after",
    ]


def test_an_older_stream_concludes_nothing_once_a_newer_one_has_come(
    call: Call, writer: Writer
) -> None:
    Call.update(token_used=2).execute()
    writer.finish(call.id, 1, {"outcome": "done"})
    stored(writer)
    assert Call.get().finish is None
    writer.finish(call.id, 2, {"outcome": "partly"})
    stored(writer)
    assert Call.get().finish == {"outcome": "partly"}


@pytest.mark.parametrize(("state", "is_looked_up"), [("in-progress", True), ("completed", False)])
def test_a_call_whose_stream_has_ended_is_looked_up_soon_unless_its_end_is_known(
    call: Call, writer: Writer, state: str, is_looked_up: bool
) -> None:
    due_at = Clock().now() + 60
    Call.update(token_used=1, state=state, due_at=due_at).execute()
    writer.settle(call.id, 1)
    stored(writer)
    assert Call.get().settled_at is not None
    looked_up_at = Call.get().due_at
    assert looked_up_at is not None
    assert (looked_up_at < due_at) is is_looked_up


def test_the_words_of_two_streams_of_a_call_do_not_overwrite_each_other(call: Call) -> None:
    assert call.errand
    with writing():
        call.errand.plan = {"callee": {"name": "Maple School"}, "opening_line": "Mara is sick."}
        call.errand.snapshot = {"user": "Anna"}
        call.errand.save()
    positions = []
    for generation in (1, 2, 3):
        Call.update(token_used=generation).execute()
        positions.append(brief.load(call.attempt, 0.0).first_position)
    assert positions == [0, 1_000, 2_000]
