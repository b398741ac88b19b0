"""One live call: between the core, which decides, and the socket, the recogniser and the voice.

Everything runs on the calls loop. Events are handled one after the other; a command that causes an
event at once only queues it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from floyd import metrics
from floyd.calls import media_stream, prompt, returning, roles
from floyd.calls.arrival import Arrival
from floyd.calls.audio import SpeechDetector
from floyd.calls.brief import CallBrief
from floyd.calls.event_codec import A_STREAM
from floyd.calls.line_watch import LineWatch
from floyd.calls.media_socket import GOING_AWAY, INVALID, NORMAL, POLICY, MediaSocket
from floyd.calls.mouth import Mouth
from floyd.calls.roles import Role
from floyd.calls.turns import Turns
from floyd.calls.vocabulary import (
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
    RecordFinish,
    RecordUtterance,
    Release,
    Say,
    SilenceClause,
    StreamEnded,
    StreamStarted,
    TakenUp,
    TakeUp,
    TimePassed,
    WakeAt,
    WordsHeard,
)
from floyd.calls.writer import Writer
from floyd.errors import TelephonyError, VoiceError
from floyd.services import LiveServices
from floyd.services.timeouts import patience
from floyd.services.transcriber.protocol import Transcript
from floyd.services.voice.protocol import Speaking
from floyd.store.database import database
from floyd.store.models import Call

log = logging.getLogger(__name__)

_LINE_LOOKED_AT_EVERY_S = 5.0
# uvloop rounds to whole milliseconds: a timer that came early would be set again and again.
_NEVER_EARLY_S = 0.0005
# How long the end of a call waits for the database, and for services that do not answer.
_STORING_TAKES_AT_MOST_S = 5.0
_CLOSING_TAKES_AT_MOST_S = 5.0
_LAST_WORDS_TAKE_AT_MOST_S = 1.5


class LiveCall:
    """Carries one media stream to its end.

    Args:
        arrival: the stream and all that is known about its call.
        services: recogniser, model, voice, telephony.
        writer: stores what was said.
    """

    def __init__(self, arrival: Arrival, services: LiveServices, writer: Writer) -> None:
        self._brief = arrival.brief
        self._stream = arrival.stream
        self._generation = arrival.generation
        self._began = arrival.began
        self._services = services
        self._clock = services.clock
        self._writer = writer
        self._turns = Turns(arrival.brief)
        self._detector = SpeechDetector()
        self._prompt = prompt.beginning(arrival.brief)
        self._listening = services.transcriber.listen(arrival.brief.role.likely_words)
        self._voice: asyncio.Task[Speaking] = asyncio.create_task(self._open_voice())
        self._mouth = Mouth(self, self._voice, arrival.clips, self.happened)
        self._socket: MediaSocket | None = None
        self._ended = asyncio.Event()
        self._line = LineWatch()
        self._events: deque[Event] = deque()
        self._handling = False
        self._next_position = arrival.generation * A_STREAM
        self._timed_to = -1
        self._wake: asyncio.TimerHandle | None = None
        self._taking_up: asyncio.Task[None] | None = None
        self._parting: asyncio.Task[None] | None = None
        self._keep(arrival.brief, 0.0)

    @property
    def attempt(self) -> str:
        """Names the call."""
        return self._brief.attempt

    async def carry(self, take_over: Awaitable[MediaSocket]) -> None:
        """Hold the conversation until the socket is gone and everything about it is stored."""
        helpers: list[asyncio.Task[None]] = []
        try:
            self._socket = await take_over
            reading = asyncio.create_task(self._read_transcripts())
            helpers = [reading, asyncio.create_task(self._watch_line())]
            self.happened(StreamStarted())
            self._socket.begin()
            await self._ended.wait()
            self.happened(StreamEnded())
            if self._turns.awaits_words:
                await self._hear_out(reading)
        finally:
            self._close(GOING_AWAY)
            if self._wake:
                self._wake.cancel()
            await self._let_go(helpers)
            for task in filter(None, (self._taking_up, self._parting)):
                await asyncio.wait([task])
            self._writer.settle(self._brief.call_id, self._generation)
            await self._writer.flushed()

    async def _hear_out(self, reading: asyncio.Task[None]) -> None:
        """Let the recogniser finish: a caller's last words are not final when they hang up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience(self._clock, _LAST_WORDS_TAKE_AT_MOST_S)):
                await self._listening.close()
                await asyncio.wait([reading])

    async def _let_go(self, helpers: list[asyncio.Task[None]]) -> None:
        """End all that was begun for the call; a service that hangs must not hold it."""
        for helper in helpers:
            helper.cancel()
        closing = asyncio.gather(
            *helpers, self._mouth.close(), self._listening.close(), return_exceptions=True
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(patience(self._clock, _CLOSING_TAKES_AT_MOST_S)):
                await closing
                await self._close_voice()

    # --- What happens -----------------------------------------------------------------------------

    def message_came(self, message: bytes) -> None:
        """Take in a message of the media stream; junk closes this call's socket only."""
        self._line.message_came()
        try:
            incoming = media_stream.decode(message)
        except media_stream.BadMessage:
            self._close(INVALID)
            return
        if isinstance(incoming, media_stream.Audio):
            self._hear(incoming)
        elif isinstance(incoming, media_stream.Marked):
            self.happened(MarkReached(incoming.name))
        elif isinstance(incoming, media_stream.Stopped):
            self._close(NORMAL)
        if self._line.is_flood(self._now_s()):
            self._close(POLICY)

    def end(self) -> None:
        """End the stream: its socket is gone, or a newer one has taken its place."""
        self._ended.set()

    def notice_came(self, notice: dict[str, Any]) -> None:
        """Take in what another process tells a live call."""
        answered_by = notice.get("answered_by")
        if isinstance(answered_by, str):
            self.happened(MachineDetected(answered_by))

    def hand_over(self) -> None:
        """Leave the call to another process at the next good moment."""
        self.happened(HandOverAsked())

    def happened(self, event: Event) -> None:
        """Let the core decide on an event, and do what it says."""
        self._events.append(event)
        if self._handling:
            return
        self._handling = True
        try:
            while self._events:
                self._decide(self._events.popleft())
        finally:
            self._handling = False

    def _decide(self, event: Event) -> None:
        now_s = self._now_s()
        commands: list[Command] | None = None
        try:
            commands = self._turns.handle(event, now_s)
        finally:
            self._keep(event, now_s, commands)
        for command in commands:
            _DOES[type(command)](self, command)

    def _keep(
        self, event: Event | CallBrief, now_s: float, commands: list[Command] | None = None
    ) -> None:
        """Keep what a replay needs: all that enters the core, and what it decided."""
        self._writer.event(self._brief.call_id, self._next_position, now_s, event, commands)
        self._next_position += 1

    def _hear(self, audio: media_stream.Audio) -> None:
        if not self._line.is_new(audio):
            return
        self._listening.send(audio.mulaw)
        at_s = min(audio.at_ms / 1000, self._now_s())
        for change in self._detector.hear(audio.mulaw, at_s):
            self.happened(change)

    async def _read_transcripts(self) -> None:
        last: Transcript | None = None
        try:
            async for transcript in self._listening.transcripts():
                if transcript != last:
                    self.happened(WordsHeard(transcript.text, transcript.is_final))
                last = transcript
        except Exception as error:  # noqa: BLE001 - the door of what is heard: never deaf in silence
            log.warning("the recogniser is gone: %s", type(error).__name__)
            self.happened(ListeningFailed())

    async def _watch_line(self) -> None:
        """End the stream when nothing comes any more, whatever its socket believes."""
        pause_s = patience(self._clock, _LINE_LOOKED_AT_EVERY_S) * self._clock.scale
        while not self._line.is_dead():
            await self._clock.sleep(pause_s)
        log.warning("a line went dead")
        self.end()

    def _now_s(self) -> float:
        return self._clock.monotonic() - self._began

    # --- The line, as the mouth sees it -----------------------------------------------------------

    def play(self, mulaw: bytes) -> None:
        """Queue sound at the phone company."""
        self._send(media_stream.media(self._stream.stream_sid, mulaw))

    def mark(self, name: str) -> None:
        """Queue a mark behind it."""
        self._send(media_stream.mark(self._stream.stream_sid, name))

    def clear(self) -> None:
        """Empty the phone company's queue."""
        self._send(media_stream.clear(self._stream.stream_sid))

    def _send(self, message: bytes) -> None:
        if self._socket:
            self._socket.send(message)

    def _close(self, code: int) -> None:
        """Close the socket; one that is still being taken over is closed as soon as it is there."""
        if self._socket:
            self._socket.close(code)
        else:
            self.end()

    # --- What is done about it --------------------------------------------------------------------

    def _generate(self, command: Generate) -> None:
        role = self._brief.role
        messages = prompt.messages(self._prompt, command.turns, role.other_side)
        self._mouth.generate(command.reply, self._services.talker.reply(messages, role.tools))

    def _say(self, command: Say) -> None:
        self._mouth.say(command.reply, command.text, ahead=command.ahead)

    def _release(self, command: Release) -> None:
        self._mouth.release(command.reply)

    def _drop(self, command: Drop) -> None:
        self._mouth.drop(command.reply)

    def _clear_playback(self, _: ClearPlayback) -> None:
        self._mouth.clear()

    def _silence_clause(self, _: SilenceClause) -> None:
        self._mouth.silence()

    def _record_utterance(self, command: RecordUtterance) -> None:
        self._writer.utterance(self._brief.call_id, command, self._brief.offset_s)
        if command.timings and command.position > self._timed_to:
            self._timed_to = command.position
            metrics.count_turn(command.timings)

    def _record_finish(self, command: RecordFinish) -> None:
        self._writer.finish(self._brief.call_id, self._generation, command.finish)

    def _take_up(self, command: TakeUp) -> None:
        self._taking_up = asyncio.create_task(self._take_up_errand(command.errand))

    async def _take_up_errand(self, errand_id: int) -> None:
        """Become the call of an errand: from then on its plan and its snapshot are known."""
        role = None
        try:
            role = await asyncio.to_thread(_taken_up, self._brief, errand_id, self._clock.now())
        except Exception as error:  # noqa: BLE001 - the door of what is looked up in a live call
            log.warning("an errand could not be taken up: %s", type(error).__name__)
        self._brief = replace(self._brief, role=role or roles.message_taker())
        self._prompt = prompt.beginning(self._brief)
        self.happened(TakenUp(errand_id if role else None))

    def _hang_up(self, _: HangUp) -> None:
        self._parting = asyncio.create_task(self._hang_up_once_stored())

    async def _hang_up_once_stored(self) -> None:
        """End the call; should that fail, closing the socket sends it to /resume, which ends it."""
        await self._stored()
        try:
            await asyncio.to_thread(self._services.telephony.hang_up, self._stream.call_sid)
        except TelephonyError as error:
            log.warning("a call could not be hung up: %s", error.code)
            self._close(NORMAL)

    def _leave_stream(self, _: LeaveStream) -> None:
        self._parting = asyncio.create_task(self._leave_once_stored())

    async def _leave_once_stored(self) -> None:
        """Close the socket: whoever takes the call up must find all that was said."""
        await self._stored()
        self._close(GOING_AWAY)

    async def _stored(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(patience(self._clock, _STORING_TAKES_AT_MOST_S)):
                await self._writer.flushed()

    def _wake_at(self, command: WakeAt) -> None:
        if self._wake:
            self._wake.cancel()
        delay_s = max(0.0, command.at_s - self._now_s())
        self._wake = asyncio.get_running_loop().call_later(
            self._clock.real(delay_s) + _NEVER_EARLY_S, self.happened, TimePassed()
        )

    async def _open_voice(self) -> Speaking:
        """Open the voice; a passing failure must not leave the whole call without one."""
        try:
            return await self._services.voice.open()
        except VoiceError as error:
            if not error.retryable:
                raise
            return await self._services.voice.open()

    async def _close_voice(self) -> None:
        self._voice.cancel()
        opened = await asyncio.gather(self._voice, return_exceptions=True)
        if not isinstance(opened[0], BaseException):
            await opened[0].close()


def _taken_up(brief: CallBrief, errand_id: int, now: float) -> Role | None:
    """Make a call that of an errand, and return what Floyd is in it now; None: it may not be."""
    with database.connection_context():
        if not returning.take_up(brief.call_id, errand_id, now):
            return None
        return roles.of(Call.get_by_id(brief.call_id), now)


_DOES: dict[type[Command], Callable[[LiveCall, Any], None]] = {
    Generate: LiveCall._generate,
    Say: LiveCall._say,
    Release: LiveCall._release,
    Drop: LiveCall._drop,
    ClearPlayback: LiveCall._clear_playback,
    SilenceClause: LiveCall._silence_clause,
    RecordUtterance: LiveCall._record_utterance,
    RecordFinish: LiveCall._record_finish,
    TakeUp: LiveCall._take_up,
    HangUp: LiveCall._hang_up,
    LeaveStream: LiveCall._leave_stream,
    WakeAt: LiveCall._wake_at,
}
