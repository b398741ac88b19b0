"""The mouth against a scripted model and voice: what reaches the line, and in what order."""

import asyncio
import gc
import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import TypeVar

from floyd.calls.mouth import Mouth
from floyd.calls.vocabulary import (
    ClauseMisread,
    ClauseSent,
    ClauseWritten,
    Event,
    ReplyFailed,
    ReplyWritten,
    SoundReady,
    SoundSent,
    ToolCalled,
)
from floyd.errors import ModelError, VoiceError
from floyd.services.model.protocol import ToolCall
from floyd.services.voice.protocol import Speaking, Spoken

EventT = TypeVar("EventT", bound=Event)

SOUND = b"\x10" * 800


class Line:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def play(self, mulaw: bytes) -> None:
        self.sent += mulaw.replace(SOUND[:1], b" ").decode().split()

    def mark(self, name: str) -> None:
        self.sent.append("|")

    def clear(self) -> None:
        self.sent.append("clear")


class Reader:
    """A voice whose sound is the text itself; `misreads` says what a text is read as, once."""

    def __init__(self, misreads: dict[str, str] | None = None) -> None:
        self.misreads = misreads or {}
        self.begun: list[str] = []

    async def speak(self, text: str) -> AsyncGenerator[Spoken, None]:
        self.begun.append(text)
        said = self.misreads.pop(text, text)
        if said == "(fails)":
            raise VoiceError("scripted")
        for word in said.split():
            await asyncio.sleep(0)
            yield Spoken(SOUND + word.encode() + SOUND, f"{word} ")

    async def close(self) -> None:
        return None


class Scene:
    def __init__(
        self, clips: dict[str, bytes] | None = None, misreads: dict[str, str] | None = None
    ) -> None:
        self.line = Line()
        self.reader = Reader(misreads)
        self.events: list[Event] = []
        self.reacts: Callable[[Event], None] = lambda _: None
        voice = asyncio.create_task(self._open())
        self.mouth = Mouth(self.line, voice, clips or {}, self._happened)

    def _happened(self, event: Event) -> None:
        self.events.append(event)
        self.reacts(event)

    async def _open(self) -> Speaking:
        return self.reader

    def kinds(self, kind: type[EventT]) -> list[EventT]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, kind: type[Event], count: int = 1) -> None:
        async with asyncio.timeout(5):
            while len(self.kinds(kind)) < count:
                await asyncio.sleep(0)


async def model(*pieces: str | ToolCall | Exception) -> AsyncGenerator[str | ToolCall, None]:
    for piece in pieces:
        await asyncio.sleep(0)
        if isinstance(piece, Exception):
            raise piece
        yield piece


def played(act: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(act())


def test_a_reply_is_held_back_until_it_is_released() -> None:
    async def act() -> None:
        scene = Scene()
        scene.mouth.generate(1, model("Yes of course, ", "she is."))
        await scene.until(ReplyWritten)
        assert scene.line.sent == []
        assert scene.kinds(SoundReady) == [SoundReady(1)]
        scene.mouth.release(1)
        assert scene.line.sent == ["Yes", "of", "course,", "|", "she", "is.", "|"]
        assert [e.clause for e in scene.kinds(ClauseSent)] == [0, 1]

    played(act)


def test_a_released_reply_goes_out_while_it_is_still_being_written() -> None:
    async def act() -> None:
        go_on = asyncio.Event()

        async def slow() -> AsyncGenerator[str | ToolCall, None]:
            yield "Yes of course, "
            await go_on.wait()
            yield "she is home."

        scene = Scene()
        scene.mouth.generate(1, slow())
        scene.mouth.release(1)
        await scene.until(ClauseSent)
        assert scene.line.sent == ["Yes", "of", "course,", "|"]
        go_on.set()
        await scene.until(ClauseSent, 2)

    played(act)


def test_replies_are_heard_in_the_order_of_their_release() -> None:
    async def act() -> None:
        scene = Scene()
        scene.mouth.generate(1, model("First reply."))
        scene.mouth.generate(2, model("Second reply."))
        await scene.until(ReplyWritten, 2)
        scene.mouth.release(2)
        scene.mouth.release(1)
        assert scene.line.sent == ["Second", "reply.", "|", "First", "reply.", "|"]

    played(act)


def test_a_filler_goes_ahead_of_a_reply_that_has_no_sound_yet() -> None:
    async def act() -> None:
        go_on = asyncio.Event()

        async def slow() -> AsyncGenerator[str | ToolCall, None]:
            await go_on.wait()
            yield "At last."

        scene = Scene({"One moment.": b"moment"})
        scene.mouth.generate(1, slow())
        scene.mouth.release(1)
        scene.mouth.say(2, "One moment.", ahead=True)
        await scene.until(ClauseSent)
        assert scene.line.sent == ["moment", "|"]
        go_on.set()
        await scene.until(ClauseSent, 2)
        assert scene.line.sent[2:] == ["At", "last.", "|"]

    played(act)


def test_a_dropped_reply_is_never_heard_and_is_not_made_further() -> None:
    async def act() -> None:
        scene = Scene()
        scene.mouth.generate(1, model("First of all, ", "this is long."))
        await scene.until(ClauseWritten)
        scene.mouth.drop(1)
        scene.mouth.generate(2, model("Second."))
        scene.mouth.release(1)
        scene.mouth.release(2)
        await scene.until(ClauseSent)
        await scene.mouth.close()
        assert scene.line.sent == ["Second.", "|"]

    played(act)


def test_clearing_silences_the_line_and_keeps_what_is_still_held_back() -> None:
    async def act() -> None:
        scene = Scene()
        scene.mouth.generate(1, model("First."))
        scene.mouth.release(1)
        await scene.until(ClauseSent)
        scene.mouth.generate(2, model("Second."))
        await scene.until(ReplyWritten, 2)
        scene.mouth.clear()
        scene.mouth.release(2)
        assert scene.line.sent == ["First.", "|", "clear", "Second.", "|"]

    played(act)


def test_a_misread_first_clause_that_was_heard_is_reported_and_read_again() -> None:
    async def act() -> None:
        scene = Scene(misreads={"It is 80 dollars.": "It is 18 dollars."})
        scene.mouth.generate(1, model("It is 80 dollars."))
        scene.mouth.release(1)
        await scene.until(ClauseSent)
        misread = scene.kinds(ClauseMisread)
        assert len(misread) == 1
        assert "18" in misread[0].said
        assert scene.line.sent[-5:] == ["It", "is", "80", "dollars.", "|"]

    played(act)


def test_a_misread_later_clause_is_read_again_before_anybody_hears_it() -> None:
    async def act() -> None:
        scene = Scene(misreads={"She is not sick.": "She is sick."})
        scene.mouth.generate(1, model("Yes of course, ", "She is not sick."))
        scene.mouth.release(1)
        await scene.until(ClauseSent, 2)
        assert scene.kinds(ClauseMisread) == []
        assert scene.reader.begun.count("She is not sick.") == 2

    played(act)


def test_tools_are_told_after_the_words_before_them() -> None:
    async def act() -> None:
        scene = Scene()
        scene.mouth.generate(1, model("Thank you. Goodbye.", ToolCall("finish", "{}")))
        await scene.until(ReplyWritten)
        assert scene.kinds(ToolCalled) == [ToolCalled(1, "finish", "{}")]
        assert scene.kinds(ClauseWritten)[0] == ClauseWritten(1, 0, "Thank you.")

    played(act)


def test_a_model_or_a_voice_that_fails_is_told_once() -> None:
    async def act() -> None:
        scene = Scene(misreads={"Bad voice.": "(fails)"})
        scene.mouth.generate(1, model("Half a ", ModelError("scripted")))
        scene.mouth.generate(2, model("Bad voice."))
        await scene.until(ReplyFailed, 2)
        assert {event.reply for event in scene.kinds(ReplyFailed)} == {1, 2}
        assert scene.kinds(ReplyWritten) == []

    played(act)


def test_a_reply_that_is_dropped_while_it_goes_out_goes_no_further() -> None:
    async def act() -> None:
        scene = Scene()
        scene.mouth.generate(1, model("One two three."))
        await scene.until(ReplyWritten)
        scene.reacts = lambda event: scene.mouth.clear() if isinstance(event, SoundSent) else None
        scene.mouth.release(1)
        assert scene.line.sent == ["One", "clear"]

    played(act)


def test_what_follows_a_failed_reply_is_not_heard_before_the_core_knows() -> None:
    async def act() -> None:
        scene = Scene({"Task.": b"task"}, misreads={"Hello.": "(fails)"})
        scene.reacts = lambda event: scene.mouth.clear() if isinstance(event, ReplyFailed) else None
        scene.mouth.say(1, "Hello.", ahead=False)
        scene.mouth.say(2, "Task.", ahead=False)
        await scene.until(ReplyFailed)
        assert scene.line.sent == ["clear"]

    played(act)


def test_replies_that_went_out_are_forgotten() -> None:
    async def act() -> None:
        scene = Scene()
        words = [f"Reply {number}." for number in range(20)]
        for number, text in enumerate(words):
            scene.mouth.say(number, text, ahead=False)
        making = weakref.ref(scene.mouth._makings[0])
        await scene.until(ReplyWritten, 20)
        await asyncio.sleep(0)
        gc.collect()
        assert making() is None

    played(act)
