"""The life of one call: dialled or received, ringing, connected, over."""

import asyncio

from floyd.sandbox.network.line import Line
from floyd.sandbox.network.phones import Answer, Phone, UnansweredPhone
from floyd.sandbox.network.recording import Recording
from floyd.sandbox.tasks import Work, cancel, first_of
from floyd.sandbox.twilio import answering, twiml
from floyd.sandbox.twilio.call import Call
from floyd.sandbox.twilio.carrier import Carrier
from floyd.sandbox.twilio.dialling import Legs
from floyd.sandbox.twilio.forms import CallRequest, Program
from floyd.sandbox.twilio.interpreter import Interpreter
from floyd.sandbox.twilio.status_callbacks import StatusCallbacks
from floyd.sandbox.twilio.twiml import Document

LEG = "outbound-dial"


class LiveCall:
    """Moves a call through its states and tells the customer of each."""

    def __init__(self, carrier: Carrier, call: Call, request: CallRequest, legs: Legs) -> None:
        self.call = call
        self.line = Line(carrier.clock, carrier.records, call.sid)
        self._carrier = carrier
        self._request = request
        self._callbacks = StatusCallbacks(carrier, request.status_callback, request.events)
        self._interpreter = Interpreter(carrier, call, self.line, legs)
        self._ended = asyncio.Event()
        self._over = asyncio.Event()
        self._ready = asyncio.Event()
        self._outcome = "failed"

    async def run_outbound(self, dial_after_s: float) -> None:
        """Dial the phone, talk, hang up."""
        await self._run(self._dial(dial_after_s))

    async def run_inbound(self, phone: Phone) -> None:
        """Ask the customer's server what to do with a call that came in, and do it."""
        await self._run(self._receive(phone))

    def end(self, status: str) -> None:
        """End the call from outside, as the API does."""
        self._outcome = status
        self._ended.set()

    async def ready(self) -> bool:
        """Wait until a leg of a `<Dial>` may be joined; False when it ended before."""
        return await first_of(self._ready.wait(), self._over.wait()) == 0

    async def over(self) -> None:
        """Wait for the end."""
        await self._over.wait()

    def drop(self) -> None:
        """End the call, or stop calling."""
        if not self.call.is_over:
            self.end("completed" if self.call.status == "in-progress" else "canceled")

    def replace(self, program: Program) -> None:
        """Let the connected call go on with another program."""
        self._interpreter.replace(program)

    def lose_socket(self) -> bool:
        """Cut the media socket without a goodbye; says whether there was one."""
        return self._interpreter.lose_socket()

    async def _run(self, life: Work) -> None:
        try:
            await first_of(life, self._ended.wait())
        finally:
            self.call.ended = self._carrier.clock.now()
            self._move(self._outcome, "completed")
            self._over.set()

    async def _dial(self, after_s: float) -> None:
        await self._carrier.clock.sleep(after_s)
        self.call.started = self._carrier.clock.now()
        self._callbacks.tell("initiated", self.call)
        phone = self._carrier.network.phone(self.call.to)
        self._outcome = await self._ring(phone)
        if phone is not None and self._outcome == "completed":
            self._move_in_progress()
            await self._talk(phone, self._request.program)

    async def _ring(self, phone: Phone | None) -> str:
        """Let it ring; gives the call's outcome, `completed` when somebody picked up."""
        conditions = self._carrier.conditions
        if phone is None and conditions.unowned_number == "failed":
            return "failed"
        self._move("ringing", "ringing")
        try:
            async with self._carrier.clock.timeout(self._request.timeout_s):
                answer = await (phone or UnansweredPhone()).ring(conditions.ring_s)
        except TimeoutError:
            return "no-answer"
        return "busy" if answer is Answer.BUSY else "completed"

    async def _receive(self, phone: Phone) -> None:
        self.call.started = self._carrier.clock.now()
        self._move("ringing", "ringing")
        document = await self._interpreter.load(self._request.program)
        if document and isinstance(document[0], twiml.Reject):
            self._outcome = "busy" if document[0].reason == "busy" else "no-answer"
            return
        self._outcome = "completed"
        self._move_in_progress()
        await self._talk(phone, document)

    async def _talk(self, phone: Phone, program: Program | Document) -> None:
        recording = Recording()
        if self._carrier.recordings:
            self.line.taps.append(recording)
        detection = asyncio.create_task(self._detect(phone))
        try:
            await first_of(
                self.line.run(),
                phone.talk(self.line, self.call.sid),
                self._follow(program),
                self._carrier.clock.sleep(self._request.time_limit_s),
            )
        finally:
            self.line.close()
            await cancel(detection)
            if self._carrier.recordings:
                recording.save(self._carrier.recordings, self.call.sid)

    async def _detect(self, phone: Phone) -> None:
        if detection := self._request.machine_detection:
            await answering.detect(self._carrier, self.call, detection, phone, self.line)

    async def _follow(self, program: Program | Document) -> None:
        if self._request.send_digits:
            await self._interpreter.press(self._request.send_digits)
        await self._interpreter.run(program)
        if self.call.direction == LEG and not self._interpreter.hung_up:
            self._ready.set()
            await self._over.wait()

    def _move_in_progress(self) -> None:
        self.call.answered = self._carrier.clock.now()
        self._move("in-progress", "answered")

    def _move(self, status: str, event: str) -> None:
        self.call.status = status
        self.call.updated = self._carrier.clock.now()
        self._carrier.records.add("call.status", call=self.call.sid, status=status)
        self._callbacks.tell(event, self.call)
