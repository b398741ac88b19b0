"""One media stream: the WebSocket client that carries a call's audio to the customer and back."""

import asyncio
import base64
import binascii
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from floyd.sandbox.network.line import FRAME_BYTES, FRAME_MS, SILENCE_BYTE, Line
from floyd.sandbox.tasks import cancel
from floyd.sandbox.twilio.account import new_sid
from floyd.sandbox.twilio.carrier import Carrier
from floyd.sandbox.twilio.conditions import SocketLoss
from floyd.sandbox.twilio.playback import PlaybackBuffer
from floyd.sandbox.twilio.twiml import Stream
from floyd.sandbox.twilio.webhooks import CONNECT_TIMEOUT_S, LEAST_REAL_TIMEOUT_S

LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1"}
CLOSE_TIMEOUT_S = 1.0
ABNORMAL_CLOSURE = 1006
OUTBOX_LIMIT = 3000
TRACKS = {
    "inbound_track": ["inbound"],
    "outbound_track": ["outbound"],
    "both_tracks": ["inbound", "outbound"],
}


class StreamEnd(Enum):
    """How a stream ended while its call went on."""

    CLOSED = "closed"
    LOST = "lost"
    NOT_CONNECTED = "not_connected"


def problem_with(stream: Stream, *, two_way: bool) -> tuple[int, str] | None:
    """The error that Twilio gives for a stream that cannot be opened."""
    url = urlsplit(stream.url)
    # The real one takes wss only; in the sandbox, plain ws may lead to this machine.
    if url.scheme != "wss" and not (url.scheme == "ws" and url.hostname in LOCAL_HOSTS):
        return 31922, "Stream - WebSocket - Invalid URL scheme"
    if url.query:
        return 31920, "Stream - WebSocket - Handshake error: the URL has a query string"
    if stream.track not in TRACKS or (two_way and stream.track != "inbound_track"):
        return 31941, "Stream - Invalid track configuration"
    return None


class MediaStream:
    """A stream on a line: it taps the audio, and plays to the phone when it is two-way."""

    def __init__(
        self, carrier: Carrier, call_sid: str, stream: Stream, line: Line, *, two_way: bool
    ) -> None:
        self.sid = new_sid("MZ")
        self.name = stream.name
        self._carrier = carrier
        self._call_sid = call_sid
        self._stream = stream
        self._line = line
        self._two_way = two_way
        self._buffer = PlaybackBuffer()
        self._reached: list[str] = []
        self._has_played = False
        self._outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue(OUTBOX_LIMIT)
        self._sequence = 0
        self._chunk = 0
        self._socket: ClientConnection | None = None

    async def run(self) -> StreamEnd:
        """Open the socket and carry audio until it ends; cancelled when the call is over."""
        socket = await self._open()
        if socket is None:
            return StreamEnd.NOT_CONNECTED
        self._socket = socket
        self._report("stream-started")
        self._attach()
        sender = asyncio.create_task(self._send(socket))
        end = StreamEnd.CLOSED
        try:
            await self._receive(socket)
            if socket.close_code == ABNORMAL_CLOSURE:
                end = StreamEnd.LOST
        finally:
            self._detach()
            await cancel(sender)
            await self._close(socket)
            if end is StreamEnd.LOST:
                self._report("stream-error", 31903, "Stream - WebSocket - Connection lost")
            else:
                self._report("stream-stopped")
        return end

    def lose(self) -> None:
        """Cut the connection without a goodbye, as a failing network does."""
        if self._socket is not None:
            self._socket.transport.abort()

    # The two ends of the line

    def on_frame(self, from_phone: bytes, to_phone: bytes) -> None:
        """Send the 20 ms that just passed on the tracks that were asked for."""
        self._chunk += 1
        sides = {"inbound": from_phone, "outbound": to_phone}
        for track in TRACKS[self._stream.track]:
            media = {
                "track": track,
                "chunk": str(self._chunk),
                "timestamp": str(self._chunk * FRAME_MS),
                "payload": base64.b64encode(sides[track]).decode(),
            }
            for _ in range(self._copies()):
                self._post("media", media=media)

    def _copies(self) -> int:
        conditions = self._carrier.conditions
        if conditions.lose_every and self._chunk % conditions.lose_every == 0:
            return 0
        return 2 if conditions.double_every and self._chunk % conditions.double_every == 0 else 1

    def on_key(self, key: str) -> None:
        """Tell of a key pressed at the phone."""
        self._carrier.records.add("stream.dtmf", call=self._call_sid, digit=key)
        self._post("dtmf", dtmf={"track": "inbound_track", "digit": key})

    def next_frame(self) -> bytes:
        """Play on; the marks reached by the frame before have now been heard."""
        self._return_marks(self._reached)
        frame, self._reached = self._buffer.take(FRAME_BYTES)
        if frame and not self._has_played:
            self._has_played = True
            self._record("stream.played")
        return frame.ljust(FRAME_BYTES, SILENCE_BYTE)

    # The socket

    async def _open(self) -> ClientConnection | None:
        await self._carrier.clock.sleep(self._carrier.conditions.socket_s)
        if problem := problem_with(self._stream, two_way=self._two_way):
            self._report("stream-error", *problem)
            return None
        if self._carrier.faults.take("socket"):
            self._report("stream-error", 31901, "Stream - WebSocket - Connection timeout")
            return None
        url = self._stream.url
        try:
            return await connect(
                url,
                additional_headers={"X-Twilio-Signature": self._carrier.account.sign(url)},
                user_agent_header="Twilio.TmeWs/1.0",
                compression=None,
                proxy=None,
                ping_interval=None,
                max_size=None,
                open_timeout=max(
                    CONNECT_TIMEOUT_S / self._carrier.clock.scale, LEAST_REAL_TIMEOUT_S
                ),
                close_timeout=CLOSE_TIMEOUT_S,
            )
        except TimeoutError:
            self._report("stream-error", 31901, "Stream - WebSocket - Connection timeout")
        except (InvalidHandshake, InvalidURI) as error:
            self._report("stream-error", 31920, f"Stream - WebSocket - Handshake error: {error}")
        except OSError:
            self._report("stream-error", 31902, "Stream - WebSocket - Connection refused")
        return None

    def _attach(self) -> None:
        account = self._carrier.account.sid
        self._outbox.put_nowait({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        start = {
            "streamSid": self.sid,
            "accountSid": account,
            "callSid": self._call_sid,
            "tracks": TRACKS[self._stream.track],
            "customParameters": dict(self._stream.parameters),
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        self._post("start", start=start)
        self._line.taps.append(self)
        if self._two_way:
            self._line.player = self

    def _detach(self) -> None:
        self._line.taps.remove(self)
        if self._line.player is self:
            self._line.player = None

    def _post(self, event: str, **content: Any) -> None:
        self._sequence += 1
        message = {"event": event, "sequenceNumber": str(self._sequence), **content}
        if self._outbox.full():
            self._outbox.get_nowait()
        self._outbox.put_nowait(message | {"streamSid": self.sid})

    async def _send(self, socket: ClientConnection) -> None:
        try:
            while True:
                await socket.send(orjson.dumps(await self._outbox.get()).decode())
        except ConnectionClosed:
            return  # the receiving side sees it too, and decides

    async def _close(self, socket: ClientConnection) -> None:
        account = self._carrier.account.sid
        self._sequence += 1
        stop = {
            "event": "stop",
            "sequenceNumber": str(self._sequence),
            "stop": {"accountSid": account, "callSid": self._call_sid},
            "streamSid": self.sid,
        }
        try:
            await socket.send(orjson.dumps(stop).decode())
        except ConnectionClosed:
            return
        await socket.close()

    async def _receive(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                self._obey(message)
        except ConnectionClosed:
            return  # its close code tells the two ways of ending apart

    def _obey(self, raw: str | bytes) -> None:
        try:
            message = orjson.loads(raw) if isinstance(raw, str) else {}
            event = message["event"]
            if message["streamSid"] != self.sid or not self._two_way:
                raise KeyError("streamSid")
            if event == "media":
                self._play(base64.b64decode(message["media"]["payload"], validate=True))
            elif event == "mark":
                self._buffer.add_mark(message["mark"]["name"])
                self._carrier.records.add("stream.mark", call=self._call_sid)
            elif event == "clear":
                self._clear()
            else:
                raise KeyError(event)
        except (orjson.JSONDecodeError, binascii.Error, KeyError, TypeError) as error:
            self._warn(31951, f"Stream - Protocol - Invalid message: {error!r}")

    def _play(self, mulaw: bytes) -> None:
        if self._buffer.add_audio(mulaw):
            self._warn(31931, "Stream - Buffer - Full, media dropped")

    def _clear(self) -> None:
        self._carrier.records.add("stream.clear", call=self._call_sid)
        self._return_marks([*self._reached, *self._buffer.clear()])
        self._reached = []

    def _return_marks(self, names: list[str]) -> None:
        for name in names:
            self._post("mark", mark={"name": name})

    # What others are told

    def _warn(self, code: int, message: str) -> None:
        self._carrier.note_error(code, message, self._call_sid)

    def _record(self, kind: str, **fields: Any) -> None:
        """Keep what has happened to the stream, and when on the line."""
        self._carrier.records.add(
            kind, call=self._call_sid, stream=self.sid, line_ms=self._line.position_ms, **fields
        )

    def _report(self, event: str, code: int | None = None, message: str = "") -> None:
        if code is not None:
            self._warn(code, message)
        port = self._socket.local_address[1] if self._socket else None
        self._record(event, code=code, port=port)
        if not self._stream.status_callback:
            return
        fields = {
            "AccountSid": self._carrier.account.sid,
            "CallSid": self._call_sid,
            "StreamSid": self.sid,
            "StreamName": self.name or self.sid,
            "StreamEvent": event,
            "Timestamp": self._carrier.clock.now().isoformat(),
        }
        if code is not None:
            fields["StreamError"] = f"{code}: {message}"
        self._carrier.background.spawn(
            self._carrier.webhooks.notify(
                f"callback stream {event}", self._stream.status_callback, fields
            )
        )


async def wait_out(loss: SocketLoss, carrier: Carrier) -> bool:
    """Do what the conditions say about a lost socket; says whether the call goes on."""
    if loss is SocketLoss.CONTINUE_AFTER_10_S:
        await carrier.clock.sleep(10)
    return loss is not SocketLoss.HANG_UP
