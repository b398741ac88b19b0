"""A call on its way from the door's thread to the calls loop."""

import socket
from dataclasses import dataclass

from websockets.protocol import Protocol

from floyd.calls.brief import CallBrief
from floyd.calls.clips import Clips
from floyd.calls.media_socket import Messages
from floyd.calls.media_stream import Started


@dataclass(frozen=True)
class Arrival:
    """A call at the door: its socket after the handshake, and all that was learned there.

    `began` is when the stream's `start` message came (clock's monotonic seconds).
    """

    socket: socket.socket
    protocol: Protocol
    messages: Messages
    stream: Started
    began: float
    generation: int
    brief: CallBrief
    clips: Clips
