"""Carries out TwiML on a connected call."""

import asyncio
from collections.abc import Mapping

from floyd.sandbox.network import tones
from floyd.sandbox.network.line import FRAME_BYTES, SILENCE_BYTE, Line
from floyd.sandbox.tasks import cancel, first_of
from floyd.sandbox.twilio import dialling, twiml
from floyd.sandbox.twilio.call import Call
from floyd.sandbox.twilio.carrier import Carrier
from floyd.sandbox.twilio.dialling import Legs
from floyd.sandbox.twilio.forms import Program
from floyd.sandbox.twilio.media_stream import MediaStream, StreamEnd, wait_out
from floyd.sandbox.twilio.status_callbacks import call_fields
from floyd.sandbox.twilio.twiml import Document

XML_TYPES = ("text/xml", "application/xml", "text/html")
APOLOGY = "We are sorry. An application error has occurred. Goodbye."
HTTP_RETRIEVAL_FAILURE = 11200
INVALID_CONTENT_TYPE = 12300


class ClipPlayer:
    """Plays one piece of sound on a line."""

    def __init__(self, mulaw: bytes) -> None:
        self._mulaw = mulaw
        self._offset = 0
        self.finished = asyncio.Event()

    def next_frame(self) -> bytes:
        """The next 20 ms."""
        if self._offset >= len(self._mulaw):
            self.finished.set()
        frame = self._mulaw[self._offset : self._offset + FRAME_BYTES]
        self._offset += FRAME_BYTES
        return frame.ljust(FRAME_BYTES, SILENCE_BYTE)


class Interpreter:
    """Runs a call's program from verb to verb until it is through; it can be replaced meanwhile."""

    def __init__(self, carrier: Carrier, call: Call, line: Line, legs: Legs) -> None:
        self.hung_up = False
        self._carrier = carrier
        self._legs = legs
        self._call = call
        self._line = line
        self._next: Program | Document | None = None
        self._replaced = asyncio.Event()
        self._fallback_url: str | None = None
        self._connected: MediaStream | None = None
        self._started: dict[str, asyncio.Task[StreamEnd]] = {}

    async def run(self, program: Program | Document) -> None:
        """Carry out a program, and whatever replaces it; returning ends the call."""
        self._next = program
        try:
            while self._next is not None:
                program, self._next = self._next, None
                self._replaced.clear()
                await first_of(self._carry_out(program), self._replaced.wait())
        finally:
            await cancel(*self._started.values())

    def replace(self, program: Program) -> None:
        """Run this instead of what runs now, the connected stream included."""
        self._next = program
        self._replaced.set()

    def lose_socket(self) -> bool:
        """Cut the connected stream's socket; says whether there was one."""
        if self._connected is None:
            return False
        self._connected.lose()
        return True

    async def load(self, program: Program) -> Document:
        """Parse or fetch a program; a broken one becomes the carrier's apology."""
        self._fallback_url = program.fallback_url
        if program.url:
            return await self._fetch(program.url, program.method)
        return self._parse(program.twiml or "")

    async def _carry_out(self, program: Program | Document) -> None:
        document = await self.load(program) if isinstance(program, Program) else program
        while document:
            document = await self._go_through(document)

    async def _go_through(self, document: Document) -> Document:
        for verb in document:
            self._carrier.records.add("twiml.verb", call=self._call.sid, verb=type(verb).__name__)
            successor = await self._perform(verb)
            if successor is not None:
                return successor
        return ()

    async def _perform(self, verb: twiml.Verb) -> Document | None:
        """Carry out a verb; gives the document to go on with, None for the one at hand."""
        match verb:
            case twiml.Connect():
                return await self._connect(verb)
            case twiml.Start(stream):
                self._start(stream)
            case twiml.Stop(name):
                await self._stop(name)
            case twiml.Redirect(url, method):
                return await self._fetch(url, method)
            case twiml.Say(text, loop):
                clip = await self._carrier.voices.speak(text)
                await self._play(clip.mulaw * max(loop, 1))
            case twiml.Play(digits):
                await self.press(digits)
            case twiml.Pause(length_s):
                await self._carrier.clock.sleep(length_s)
            case twiml.Dial():
                return await self._dial(verb)
            case _:
                self.hung_up = True
                return ()
        return None

    async def _dial(self, verb: twiml.Dial) -> Document | None:
        leg = self._legs.start_leg(verb, self._call)
        await dialling.join(self._line, leg, self._carrier.clock, verb.time_limit_s)
        if verb.action is None:
            return None
        return await self._fetch(verb.action, "POST", dialling.result_fields(leg.call))

    async def press(self, digits: str) -> None:
        """Send keys to the phone, in band and out of band."""
        self._line.send_keys(digits.replace("w", "").replace("W", ""))
        await self._play(tones.keys(digits))

    async def _play(self, mulaw: bytes) -> None:
        player = ClipPlayer(mulaw)
        self._line.player = player
        try:
            await player.finished.wait()
        finally:
            self._line.player = None

    async def _connect(self, verb: twiml.Connect) -> Document | None:
        stream = self._stream(verb.stream, two_way=True)
        self._connected = stream
        try:
            end = await stream.run()
        finally:
            self._connected = None
        if end is StreamEnd.LOST:
            loss = self._carrier.conditions.on_socket_loss
            if not await wait_out(loss, self._carrier):
                return ()
        return await self._fetch(verb.action, "POST") if verb.action else None

    def _start(self, stream: twiml.Stream) -> None:
        media_stream = self._stream(stream, two_way=False)
        name = stream.name or media_stream.sid
        self._started[name] = self._carrier.background.spawn(media_stream.run())

    async def _stop(self, name: str | None) -> None:
        for each in [name] if name else list(self._started):
            if each in self._started:
                await cancel(self._started.pop(each))

    def _stream(self, stream: twiml.Stream, *, two_way: bool) -> MediaStream:
        return MediaStream(self._carrier, self._call.sid, stream, self._line, two_way=two_way)

    async def _fetch(
        self, url: str, method: str, news: Mapping[str, str] | None = None
    ) -> Document:
        fields = call_fields(self._carrier, self._call) | dict(news or {})
        reply = await self._carrier.webhooks.fetch("webhook voice", url, fields, method)
        if reply is not None and reply.ok and reply.content_type in XML_TYPES:
            return self._parse(reply.body)
        code = INVALID_CONTENT_TYPE if reply and reply.ok else HTTP_RETRIEVAL_FAILURE
        self._carrier.note_error(code, f"No TwiML from {url}", self._call.sid)
        fallback_url, self._fallback_url = self._fallback_url, None
        if fallback_url:
            return await self._fetch(fallback_url, "POST")
        return (twiml.Say(APOLOGY),)

    def _parse(self, text: str) -> Document:
        try:
            return twiml.parse(text)
        except twiml.TwimlError as error:
            self._carrier.note_error(error.code, str(error), self._call.sid)
            return (twiml.Say(APOLOGY),)
