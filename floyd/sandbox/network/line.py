"""One connected call: a 20 ms frame of mu-law each way, paced by the clock, silence included."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Protocol

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.network.transcript import Transcript
from floyd.sandbox.records import Records

FRAME_MS = 20
FRAME_BYTES = 160
SILENCE_BYTE = b"\xff"
SILENCE = SILENCE_BYTE * FRAME_BYTES


class Player(Protocol):
    """Whatever makes the sound that the phone hears."""

    def next_frame(self) -> bytes:
        """The next 20 ms to play; silence when there is nothing."""


class Tap(Protocol):
    """Whatever listens in on a line."""

    def on_frame(self, from_phone: bytes, to_phone: bytes) -> None:
        """Take the 20 ms that just passed on both sides."""

    def on_key(self, key: str) -> None:
        """Take a key that was pressed at the phone."""


class Mouth:
    """What the phone's owner is about to say, cut into frames."""

    def __init__(self) -> None:
        self._pending = bytearray()

    def say(self, mulaw: bytes) -> None:
        """Speak this after what is still to be said."""
        self._pending += mulaw

    def hush(self) -> int:
        """Stop in mid-word; says how many milliseconds were left unsaid."""
        unsaid_ms = len(self._pending) * FRAME_MS // FRAME_BYTES
        self._pending.clear()
        return unsaid_ms

    @property
    def speaking(self) -> bool:
        """Whether there is something left to say."""
        return bool(self._pending)

    def ends_at_ms(self, now_ms: int) -> int:
        """When all of it will have been said."""
        return now_ms + len(self._pending) * FRAME_MS // FRAME_BYTES

    def next_frame(self) -> bytes:
        """The next 20 ms."""
        frame = bytes(self._pending[:FRAME_BYTES])
        del self._pending[:FRAME_BYTES]
        return frame.ljust(FRAME_BYTES, SILENCE_BYTE)


class Line:
    """The audio of one call, seen from both ends.

    The carrier sets `player` and adds `taps`; the phone reads `frames`, speaks by its `mouth`
    and presses keys.

    Attributes:
        position_ms: how long the line has been open.
        beeped: set when an answering machine's beep has sounded.
    """

    def __init__(self, clock: SandboxClock, records: Records, call_sid: str) -> None:
        self._clock = clock
        self._heard: deque[bytes] = deque()
        self._frame_came = asyncio.Event()
        self._closed = False
        self.position_ms = 0
        self.mouth = Mouth()
        self.player: Player | None = None
        self.taps: list[Tap] = []
        self.keys_heard = ""
        self.beeped = asyncio.Event()
        self.transcript = Transcript(records, call_sid)

    async def run(self) -> None:
        """Carry frames until cancelled; late wake-ups are made up for, so that time is true."""
        start = self._clock.monotonic()
        while True:
            due_ms = (self._clock.monotonic() - start) * 1000
            while self.position_ms <= due_ms:
                self._carry_frame()
            await self._clock.sleep((self.position_ms - due_ms) / 1000)

    def _carry_frame(self) -> None:
        to_phone = self.player.next_frame() if self.player else SILENCE
        from_phone = self.mouth.next_frame()
        self.position_ms += FRAME_MS
        for tap in list(self.taps):
            tap.on_frame(from_phone, to_phone)
        self._heard.append(to_phone)
        self._frame_came.set()

    def close(self) -> None:
        """The call is over: the phone hears no more frames."""
        self._closed = True
        self._frame_came.set()

    async def frames(self) -> AsyncIterator[bytes]:
        """Each frame that the phone hears, until the line is closed."""
        while not self._closed:
            await self._frame_came.wait()
            self._frame_came.clear()
            while self._heard:
                yield self._heard.popleft()

    def press(self, keys: str) -> None:
        """Press keys at the phone."""
        for key in keys:
            for tap in list(self.taps):
                tap.on_key(key)

    def send_keys(self, keys: str) -> None:
        """Let the phone's end receive keys out of band."""
        self.keys_heard += keys
