"""`<Dial>`: another phone is called and, once it is there, the two lines are joined."""

from collections import deque
from typing import Protocol

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.network.line import SILENCE, Line
from floyd.sandbox.tasks import first_of
from floyd.sandbox.twilio.call import Call
from floyd.sandbox.twilio.twiml import Dial

LARGEST_DELAY_FRAMES = 10


class Leg(Protocol):
    """The call to the other phone."""

    call: Call
    line: Line

    async def ready(self) -> bool:
        """Wait until it can be joined; False when that will never be."""

    async def over(self) -> None:
        """Wait until it has ended."""

    def drop(self) -> None:
        """End it, whatever it is doing."""


class Legs(Protocol):
    """Whatever makes the calls to other phones."""

    def start_leg(self, dial: Dial, parent: Call) -> Leg:
        """Begin to call the other phone."""


class Patch:
    """Plays one phone's voice on another line."""

    def __init__(self, source: Line, target: Line) -> None:
        self._source = source
        self._target = target
        self._frames: deque[bytes] = deque(maxlen=LARGEST_DELAY_FRAMES)

    def connect(self) -> None:
        """Let the voice through."""
        self._source.taps.append(self)
        self._target.player = self

    def disconnect(self) -> None:
        """Part the lines again."""
        self._source.taps.remove(self)
        self._target.player = None

    def on_frame(self, from_phone: bytes, to_phone: bytes) -> None:
        """Take what was spoken."""
        self._frames.append(from_phone)

    def on_key(self, key: str) -> None:
        """Let the other phone receive a key."""
        self._target.send_keys(key)

    def next_frame(self) -> bytes:
        """Give what was spoken."""
        return self._frames.popleft() if self._frames else SILENCE


async def join(line: Line, leg: Leg, clock: SandboxClock, time_limit_s: float) -> None:
    """Wait for the leg, let both talk until it is over, and leave no leg behind."""
    try:
        if await leg.ready():
            patches = [Patch(line, leg.line), Patch(leg.line, line)]
            for patch in patches:
                patch.connect()
            try:
                await first_of(leg.over(), clock.sleep(time_limit_s))
            finally:
                for patch in patches:
                    patch.disconnect()
    finally:
        leg.drop()


def result_fields(call: Call) -> dict[str, str]:
    """What the action of a `<Dial>` is told."""
    return {
        "DialCallSid": call.sid,
        "DialCallStatus": call.status if call.is_over else "completed",
        "DialCallDuration": str(call.duration_s),
    }
