"""A WebSocket on the calls loop: taken over from the door after its handshake, messages in and out.

The protocol's bytes are `websockets`' business; here is only the transport. All writes of a call go
through `send`, on the loop's thread.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import cast

from websockets.exceptions import ProtocolError
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side

LARGEST_MESSAGE_BYTES = 64 * 1024
NORMAL, GOING_AWAY, UNSUPPORTED, INVALID = 1000, 1001, 1003, 1007
POLICY, TOO_BIG, BROKEN, TRY_LATER = 1008, 1009, 1011, 1013
_CLOSING_TAKES_AT_MOST_S = 2.0
_UNSENT_AT_MOST_BYTES = 8 * 1024 * 1024


def opened() -> Protocol:
    """Return the protocol of a server's socket whose handshake is over; compresses nothing."""
    return Protocol(Side.SERVER, state=OPEN, max_size=LARGEST_MESSAGE_BYTES)


class Messages:
    """Puts the frames of a protocol together to messages, and keeps those that nobody took yet."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._parts: list[bytes] = []
        self._whole: deque[bytes] = deque()

    def read(self) -> Iterator[bytes]:
        """Yield the text messages that are complete; what is not taken is yielded next time.

        Raises:
            ProtocolError: a binary message came, which media streams do not have.
        """
        for event in self._protocol.events_received():
            frame = cast(Frame, event)
            if frame.opcode is Opcode.BINARY:
                raise ProtocolError("binary message")
            if frame.opcode in (Opcode.TEXT, Opcode.CONT):
                self._parts.append(bytes(frame.data))
                if frame.fin:
                    self._whole.append(b"".join(self._parts))
                    self._parts = []
        while self._whole:
            yield self._whole.popleft()


class MediaSocket(asyncio.Protocol):
    """One call's socket.

    Args:
        protocol: as the door left it, possibly with bytes received already.
        messages: puts its frames together.
        on_message: is given each text message.
        on_end: is called once when the socket is gone.
    """

    def __init__(
        self,
        protocol: Protocol,
        messages: Messages,
        on_message: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        self._protocol = protocol
        self._messages = messages
        self._on_message = on_message
        self._on_end = on_end
        self._begun = False
        self._closing: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over the socket."""
        self._transport = cast(asyncio.Transport, transport)

    def begin(self) -> None:
        """Deliver messages from now on, those first that have come already."""
        self._begun = True
        self._deliver()

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the protocol and its messages to the call."""
        self._protocol.receive_data(data)
        if self._begun:
            self._deliver()

    def eof_received(self) -> None:
        """Tell the protocol that the other side sends no more."""
        self._protocol.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the call that its socket is gone."""
        self._transport = None
        if self._closing:
            self._closing.cancel()
        self._on_end()

    def send(self, message: bytes) -> None:
        """Send a text message; one that can no longer be sent is dropped with its socket."""
        if self._transport is None or self._protocol.state is not OPEN:
            return
        if self._transport.get_write_buffer_size() > _UNSENT_AT_MOST_BYTES:
            self._transport.abort()
            return
        self._protocol.send_text(message)
        self._flush()

    def close(self, code: int) -> None:
        """Close the socket with a code; it is gone soon, whatever the other side does.

        What the other side still says is taken off the socket and not listened to.
        """
        if self._transport is None:
            return
        if self._protocol.state is OPEN:
            self._protocol.send_close(code)
            self._flush()
        self._abort_soon()

    def _abort_soon(self) -> None:
        if self._closing is None:
            loop = asyncio.get_running_loop()
            self._closing = loop.call_later(_CLOSING_TAKES_AT_MOST_S, self._abort)

    def _abort(self) -> None:
        if self._transport:
            self._transport.abort()

    def _deliver(self) -> None:
        try:
            for message in self._messages.read():
                if self._closing is None:
                    self._on_message(message)
        except ProtocolError:
            self.close(UNSUPPORTED)
        self._flush()

    def _flush(self) -> None:
        if self._transport is None:
            return
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
            else:
                self._transport.write_eof()
        if self._protocol.close_expected():
            self._abort_soon()
