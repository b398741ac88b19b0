"""Calls that were held against the core, with their rows as a live call leaves them."""

from typing import Any

from floyd.calls.brief import CallBrief
from floyd.calls.event_codec import A_STREAM, shortened, whole
from floyd.calls.vocabulary import Command, Event, StreamEnded, Turn
from floyd.store.database import writing
from floyd.store.models import Call, CallEvent
from tests.calls.builders import Conversation, brief


class StoredConversation(Conversation):
    """A conversation, each of whose events becomes a row."""

    def __init__(self, call: Call, generation: int = 1, begins: CallBrief | None = None) -> None:
        begins = begins or brief(call_id=call.id, attempt=call.attempt)
        super().__init__(begins)
        self._call = call
        self._position = generation * A_STREAM
        self._store(event=whole(begins), at_s=0.0)

    def happens(self, event: Event, at_s: float | None = None) -> list[Command]:
        commands = super().happens(event, at_s)
        self._store(event=whole(event), at_s=self.now_s, commands=shortened(commands))
        return commands

    def _store(self, **fields: Any) -> None:
        with writing():
            CallEvent.create(call=self._call, position=self._position, **fields)
        self._position += 1


def talk_about_mara(call: Call) -> StoredConversation:
    """Hold a call of some turns over two streams; returns the second one."""
    talk = StoredConversation(call)
    talk.answered()
    talk.callee_says("okay, and what is her class")
    talk.floyd_answers("She is in", "class 3B.")
    talk.happens(StreamEnded())
    earlier = ((0, Turn("callee", "Hello?")), (1, Turn("floyd", "Hi, this is Floyd—")))
    resumed = brief(
        call_id=call.id,
        attempt=call.attempt,
        earlier=earlier,
        first_position=1_000,
        answered=True,
        offset_s=30.0,
    )
    again = StoredConversation(call, 2, resumed)
    again.answered()
    again.callee_says("noted, thank you, bye")
    again.happens(StreamEnded())
    return again
