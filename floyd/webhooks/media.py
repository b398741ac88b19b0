"""The media socket's door: handshake, checks and the stream's first messages, then the calls loop.

The signature is checked like any webhook's, before the upgrade. The ticket comes with the stream's
`start` message; nothing is spent on a call before it is claimed. This thread then sleeps until the
call has ended, without a database connection.
"""

import socket
from typing import Any, cast

import structlog
from flask import Flask, request
from flask_sock import Sock
from redis import Redis
from simple_websocket.ws import Server
from websockets.exceptions import ProtocolError
from websockets.protocol import OPEN, Protocol

from floyd.calls import brief, clips, tickets
from floyd.calls.arrival import Arrival
from floyd.calls.loop import the_loop
from floyd.calls.media_socket import (
    BROKEN,
    INVALID,
    POLICY,
    TOO_BIG,
    TRY_LATER,
    Messages,
    opened,
)
from floyd.calls.media_stream import BadMessage, Ignored, Started, decode
from floyd.clock import Clock
from floyd.errands import desk
from floyd.settings import Settings
from floyd.store.database import database

log = structlog.get_logger()

_START_COMES_WITHIN_S = 10.0
_READ_BYTES = 16 * 1024
_LINGER_S = 0.5
_LINGER_READS = 64


class _NoThread:
    """Stands for simple-websocket's reader thread: the socket is read here and on the loop."""

    name = ""

    def __init__(self, **_: Any) -> None:
        pass

    def start(self) -> None:
        """Start nothing."""


class Refused(Exception):
    """The stream is not taken; `code` closes its socket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def add_media_socket(app: Flask, settings: Settings, redis: Redis) -> None:
    """Add `WS /twilio/media` to the app."""
    app.config["SOCK_SERVER_OPTIONS"] = {"thread_class": _NoThread}
    sock = Sock(app)

    @app.before_request
    def refuse_compression() -> None:
        # Mu-law does not compress, and two writers would corrupt a compressed stream.
        request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)

    def media(ws: Server) -> None:
        line, protocol = cast(socket.socket, ws.sock), opened()
        try:
            if not the_loop(settings).carry(_admit(line, protocol, settings, redis)):
                raise Refused(TRY_LATER, "full by now")
        except Refused as refused:
            log.warning("media_stream_refused", reason=str(refused))
            _close(line, protocol, refused.code)
        except OSError as error:
            log.warning("media_stream_lost", error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the call's door: it comes back by another one
            log.error("media_stream_failed", error=type(error).__name__)
            _close(line, protocol, BROKEN)
        finally:
            ws.connected = False

    sock.route("/twilio/media")(media)


def _admit(line: socket.socket, protocol: Protocol, settings: Settings, redis: Redis) -> Arrival:
    """Return the call that a socket carries.

    Raises:
        Refused: it is not one of ours, or cannot be carried here.
        OSError: the socket broke, or said nothing in time.
    """
    messages = Messages(protocol)
    stream = _await_start(line, protocol, messages, settings.clock)
    began = settings.clock.monotonic()
    secret = settings.floyd_secret_key.get_secret_value()
    ticket = tickets.read(secret, stream.parameters.get("ticket", ""))
    if ticket is None:
        raise Refused(POLICY, "no ticket")
    if not the_loop(settings).has_room_for(ticket.attempt):
        raise Refused(TRY_LATER, "full")
    with database.connection_context():
        if not tickets.claim(ticket, stream.call_sid):
            raise Refused(POLICY, "ticket not valid")
        call = brief.load(ticket.attempt, settings.clock.now(), desk.material)
    ready = clips.fetch(settings, redis, ticket.attempt)
    taken = line.dup()
    taken.setblocking(False)
    taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Arrival(taken, protocol, messages, stream, began, ticket.generation, call, ready)


def _await_start(
    line: socket.socket, protocol: Protocol, messages: Messages, clock: Clock
) -> Started:
    """Read until the stream's `start` message; what comes before it may only be `connected`."""
    deadline = clock.monotonic() + _START_COMES_WITHIN_S
    while protocol.state is OPEN:
        # For all of it together: who sends a byte now and then would hold this thread for ever.
        line.settimeout(clock.real(max(0.01, deadline - clock.monotonic())))
        data = line.recv(_READ_BYTES)
        if not data:
            raise ConnectionResetError
        protocol.receive_data(data)
        try:
            for message in messages.read():
                incoming = decode(message)
                if isinstance(incoming, Started):
                    return incoming
                if not isinstance(incoming, Ignored):
                    raise Refused(POLICY, "media before start")
        except (BadMessage, ProtocolError) as error:
            raise Refused(INVALID, "not a media stream") from error
    raise Refused(TOO_BIG, "closed by the protocol")


def _close(line: socket.socket, protocol: Protocol, code: int) -> None:
    """Send what the protocol still has to say, and a close frame.

    What the other side goes on sending is read for a moment: closing over unread bytes would reset
    the connection, and the close frame might never be seen.
    """
    try:
        if protocol.state is OPEN:
            protocol.send_close(code)
        for data in protocol.data_to_send():
            if data:
                line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        line.settimeout(_LINGER_S)
        for _ in range(_LINGER_READS):
            if not line.recv(_READ_BYTES):
                break
    except OSError as error:
        log.info("media_stream_gone", error=type(error).__name__)
