"""One live call between a scripted line and scripted services, with a real database."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from typing import Any, cast

import pytest
from websockets.frames import Frame
from websockets.protocol import Protocol, Side

from floyd.calls import brief, phrases, tickets
from floyd.calls.arrival import Arrival
from floyd.calls.clips import Clips
from floyd.calls.live_call import LiveCall
from floyd.calls.media_socket import MediaSocket, Messages, opened
from floyd.calls.media_stream import Started
from floyd.calls.tickets import Ticket
from floyd.calls.vocabulary import SpeechPaused, SpeechStarted, WordsHeard
from floyd.calls.writer import Writer
from floyd.clock import Clock
from floyd.errors import VoiceError
from floyd.services import LiveServices
from floyd.services.model.protocol import Message, Tool, ToolCall
from floyd.services.transcriber.protocol import Transcript
from floyd.services.voice.protocol import Spoken
from floyd.store.database import writing
from floyd.store.models import Call, Errand, User, Utterance

pytestmark = pytest.mark.usefixtures("replayed")

SID = "CA" + "1" * 32
SCHOOL = "+15195550188"


class Transport(asyncio.Transport):
    """Takes down what is written; the other side's protocol reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.peer = Protocol(Side.CLIENT)
        self.peer.state = opened().state
        self.written: list[str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.peer.receive_data(bytes(data))
        for frame in self.peer.events_received():
            data = bytes(cast(Frame, frame).data)
            if data.startswith(b"{"):
                self.written.append(json.loads(data)["event"])

    def get_write_buffer_size(self) -> int:
        return 0


class Services:
    """Recogniser, model, voice and telephony that do as a test says."""

    def __init__(self) -> None:
        self.hung_up: list[str] = []
        self.recogniser_breaks = asyncio.Event()
        self.understood: asyncio.Queue[Transcript] = asyncio.Queue()
        self.understood_at_the_end: Transcript | None = None
        self.closing_takes_s = 0.0
        self.asked: list[tuple[Sequence[Message], Sequence[Tool]]] = []
        self.replies: list[list[str | ToolCall]] = []
        self.voice_fails = 0

    def listen(self, phrases: Sequence[str]) -> "Services":
        return self

    def send(self, mulaw: bytes) -> None: ...

    async def transcripts(self) -> AsyncGenerator[Transcript]:
        while not self.recogniser_breaks.is_set():
            waiting = asyncio.create_task(self.understood.get())
            broken = asyncio.create_task(self.recogniser_breaks.wait())
            try:
                await asyncio.wait([waiting, broken], return_when=asyncio.FIRST_COMPLETED)
                if waiting.done():
                    yield waiting.result()
            finally:
                waiting.cancel()
                broken.cancel()
        raise RuntimeError("a bug in a library")

    async def reply(
        self, messages: Sequence[Message], tools: Sequence[Tool]
    ) -> AsyncGenerator[str | ToolCall]:
        self.asked.append((messages, tools))
        for piece in self.replies.pop(0) if self.replies else ["All right."]:
            yield piece

    async def open(self) -> "Services":
        if self.voice_fails:
            self.voice_fails -= 1
            raise VoiceError("scripted", retryable=True)
        return self

    async def speak(self, text: str) -> AsyncGenerator[Spoken]:
        yield Spoken(b"\x10" * 800, text)

    def hang_up(self, sid: str) -> None:
        self.hung_up.append(sid)

    async def close(self) -> None:
        if self.understood_at_the_end:
            self.understood.put_nowait(self.understood_at_the_end)
        await asyncio.sleep(self.closing_takes_s)


class Scene:
    def __init__(
        self,
        row: Call,
        *,
        taken_over: bool = True,
        comes_after_s: float = 0.0,
        clips: Clips | None = None,
    ) -> None:
        self.taken_over = taken_over
        self.comes_after_s = comes_after_s
        self.services, self.transport = Services(), Transport()
        self.clock = Clock(scale=20.0, origin=time.time())
        protocol = opened()
        messages = Messages(protocol)
        started = Started("MZ1", SID)
        nobody, everybody = cast(Any, None), cast(Any, self.services)
        call = brief.load(row.attempt, self.clock.now())
        began = self.clock.monotonic()
        self.call = LiveCall(
            Arrival(nobody, protocol, messages, started, began, 1, call, clips or {}),
            LiveServices(nobody, self.clock, nobody, *[everybody] * 4),
            Writer(self.clock),
        )
        self.socket = MediaSocket(protocol, messages, self.call.message_came, self.call.end)
        self.socket.connection_made(self.transport)
        self.began = began
        self.carrying = asyncio.create_task(self.call.carry(self._take_over()))

    async def _take_over(self) -> MediaSocket:
        await asyncio.sleep(self.comes_after_s)
        if not self.taken_over:
            raise ConnectionResetError
        return self.socket

    @property
    def close_code(self) -> int | None:
        return self.transport.peer.close_rcvd.code if self.transport.peer.close_rcvd else None

    async def until(self, seen: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not seen():
                await asyncio.sleep(0.01)

    def hears(self, text: str) -> None:
        """The other side says something, and pauses."""
        now_s = self.clock.monotonic() - self.began
        self.call.happened(SpeechStarted(now_s))
        self.call.happened(WordsHeard(text, True))
        self.call.happened(SpeechPaused(now_s))

    async def line_is_lost(self) -> None:
        self.socket.connection_lost(None)
        async with asyncio.timeout(10):
            await self.carrying


@pytest.fixture
def live(call: Call) -> Call:
    """A call whose first stream has come."""
    assert call.errand
    with writing():
        call.errand.plan = {"callee": {"name": "Maple School"}, "opening_line": "Mara is sick."}
        call.errand.snapshot = {"user": "Anna"}
        call.errand.save()
    assert tickets.claim(Ticket(call.attempt, 1), SID)
    return call


def played(act: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(act())


def test_a_recogniser_that_breaks_in_an_unknown_way_ends_the_call_politely(live: Call) -> None:
    async def act() -> None:
        scene = Scene(live)
        scene.services.recogniser_breaks.set()
        await scene.until(lambda: "mark" in scene.transport.written)
        await scene.until(lambda: scene.services.hung_up)
        assert scene.services.hung_up == [SID]
        await scene.line_is_lost()

    played(act)


def test_all_that_was_said_is_stored_before_the_call_is_left_to_another(live: Call) -> None:
    async def act() -> None:
        scene = Scene(live)
        await scene.until(lambda: "mark" in scene.transport.written)
        scene.call.message_came(b'{"event":"mark","mark":{"name":"0.0.1"}}')
        await scene.until(lambda: scene.transport.written.count("mark") == 2)
        scene.call.message_came(b'{"event":"mark","mark":{"name":"1.0.2"}}')
        scene.call.hand_over()
        await scene.until(lambda: scene.close_code)
        assert scene.close_code == 1001
        assert Utterance.select().count() == 2
        await scene.line_is_lost()

    played(act)


def test_what_is_understood_only_after_the_hang_up_is_stored_before_the_call_is_settled(
    live: Call,
) -> None:
    async def act() -> None:
        scene = Scene(live)
        scene.services.understood_at_the_end = Transcript("Tell her that we called.", True)
        scene.call.happened(SpeechStarted(0.1))
        scene.services.understood.put_nowait(Transcript("tell her that", False))
        await scene.until(scene.services.understood.empty)
        await scene.line_is_lost()

    played(act)
    assert [row.text for row in Utterance.select()] == ["Tell her that we called."]


def test_a_line_that_says_nothing_any_more_ends_its_stream(live: Call) -> None:
    async def act() -> None:
        scene = Scene(live)
        async with asyncio.timeout(15):
            await scene.carrying
        assert scene.close_code == 1001
        assert Call.get().settled_at is not None

    played(act)


def test_a_stream_whose_place_a_newer_one_takes_closes_its_socket(live: Call) -> None:
    async def act() -> None:
        scene = Scene(live)
        await scene.until(lambda: "mark" in scene.transport.written)
        scene.call.end()
        await scene.carrying
        assert scene.close_code == 1001

    played(act)


def test_a_service_that_does_not_let_go_does_not_hold_the_call(live: Call) -> None:
    async def act() -> None:
        scene = Scene(live)
        scene.services.closing_takes_s = 60.0
        await scene.until(lambda: "mark" in scene.transport.written)
        await scene.line_is_lost()
        assert Call.get().settled_at is not None

    played(act)


def test_a_call_that_cannot_be_taken_over_is_settled_all_the_same(live: Call) -> None:
    async def act() -> None:
        scene = Scene(live, taken_over=False)
        with pytest.raises(ConnectionResetError):
            await scene.carrying
        assert Call.get().settled_at is not None

    played(act)


def test_a_voice_that_could_not_be_opened_at_first_is_opened_again(live: Call) -> None:
    async def act() -> None:
        scene = Scene(live)
        scene.services.voice_fails = 1
        await scene.until(lambda: "media" in scene.transport.written)
        assert scene.services.voice_fails == 0
        await scene.line_is_lost()

    played(act)


def test_a_call_that_comes_while_the_process_stops_is_left_at_once(live: Call) -> None:
    async def act() -> None:
        scene = Scene(live, comes_after_s=0.5)
        await asyncio.sleep(0)
        scene.call.hand_over()
        async with asyncio.timeout(10):
            await scene.carrying
        assert scene.close_code == 1001

    played(act)


def called(role: str, **columns: Any) -> Call:
    """A call from outside whose first stream has come."""
    fields = {"phone": SCHOOL, "dialled": SCHOOL, "state": "in-progress", "created_at": time.time()}
    row: Call = Call.create(attempt="b" * 32, sid=SID, role=role, **(fields | columns))
    assert tickets.claim(Ticket(row.attempt, 1), SID)
    return row


def test_the_greeting_that_was_kept_is_out_long_before_half_a_second(user: User) -> None:
    row = called("desk", user=user, attested=True)

    async def act() -> None:
        scene = Scene(row, clips={phrases.DESK_GREETING: b"\x10" * 800})
        scene.services.voice_fails = 2
        await scene.until(lambda: "mark" in scene.transport.written)
        assert scene.transport.written == ["media", "mark"]
        scene.call.message_came(b'{"event":"mark","mark":{"name":"0.0.1"}}')
        await scene.line_is_lost()

    played(act)
    greeting = Utterance.get()
    assert greeting.text == phrases.DESK_GREETING
    # Counted from the stream's start, in milliseconds of a clock that is twenty times as fast.
    assert greeting.timings["sent"] / 20 < 500


def test_a_greeting_that_was_not_kept_is_voiced_in_the_call(user: User) -> None:
    row = called("desk", user=user, attested=True)

    async def act() -> None:
        scene = Scene(row)
        await scene.until(lambda: "mark" in scene.transport.written)
        await scene.line_is_lost()

    played(act)


@pytest.fixture
def returned(user: User, call: Call) -> Call:
    """Somebody calls back whom Floyd had phoned for two users."""
    other = User.create(phone="+15195550124", name="Ben Roth", zone="UTC", created_at=0.0)
    for number, owner in enumerate((user, other)):
        plan = {"callee": {"name": "Maple School"}, "opening_line": f"About {owner.name}."}
        errand = Errand.create(
            user=owner,
            request="Call",
            state="waiting_for_user",
            plan=plan,
            snapshot={"user": owner.name},
            created_at=0.0,
        )
        Call.create(
            attempt=f"{number:032}",
            errand=errand,
            phone=SCHOOL,
            dialled=SCHOOL,
            sid=f"CA{number}",
            state="completed",
            created_at=time.time(),
        )
    return called("return", attested=True)


def test_a_call_that_is_taken_up_goes_on_with_the_errands_plan(returned: Call) -> None:
    errand = Errand.get(Errand.request == "Call", Errand.state == "waiting_for_user")

    async def act() -> None:
        scene = Scene(returned)
        scene.services.replies = [[ToolCall("take_up", json.dumps({"errand": errand.id}))]]
        await scene.until(lambda: scene.transport.written.count("mark") == 2)
        scene.hears("it is about Ada")
        await scene.until(lambda: len(scene.services.asked) == 2)
        messages, tools = scene.services.asked[1]
        assert json.loads(messages[1]["content"])["snapshot"] == {"user": "Ada Berg"}
        assert [tool.name for tool in tools] == ["finish", "call_back_later"]
        await scene.line_is_lost()

    played(act)
    row = Call.get_by_id(returned.id)
    assert (row.errand, row.user, row.awaited) == (errand, errand.user, True)
    assert Errand.get_by_id(errand.id).state == "calling"


def test_an_errand_that_cannot_be_taken_up_any_more_is_not_told_of(returned: Call) -> None:
    errand = Errand.get(Errand.state == "waiting_for_user")

    async def act() -> None:
        scene = Scene(returned)
        scene.services.replies = [[ToolCall("take_up", json.dumps({"errand": errand.id}))]]
        await scene.until(lambda: scene.transport.written.count("mark") == 2)
        Call.update(attested=False).where(Call.id == returned.id).execute()
        scene.hears("it is about Ada")
        await scene.until(lambda: len(scene.services.asked) == 2)
        messages, tools = scene.services.asked[1]
        assert json.loads(messages[1]["content"]) == {"attested": False}
        assert [tool.name for tool in tools] == ["end_call"]
        await scene.line_is_lost()

    played(act)
    assert Call.get_by_id(returned.id).errand is None
