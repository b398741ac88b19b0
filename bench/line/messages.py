"""The messages of a media stream as Twilio sends them, framed for the socket.

They are masked with zeroes: the bytes on the wire are those of the message, which costs nothing.
"""

import base64
from collections.abc import Mapping

import orjson

FRAME_MS = 20
_TEXT, _MASKED, _TWO_BYTES = 0x81, 0x80, 126
_NO_MASK = b"\0\0\0\0"


def framed(message: bytes) -> bytes:
    """Return a text message of up to 64 KB as a client's frame."""
    if len(message) < _TWO_BYTES:
        head = bytes((_TEXT, _MASKED | len(message)))
    else:
        head = bytes((_TEXT, _MASKED | _TWO_BYTES)) + len(message).to_bytes(2, "big")
    return head + _NO_MASK + message


def payload(frame: bytes) -> bytes:
    """Return a frame of sound as it is written into its message."""
    return base64.b64encode(frame)


class Messages:
    """The messages of one stream, numbered as Twilio numbers them."""

    def __init__(self, stream_sid: str, account_sid: str, call_sid: str) -> None:
        self._stream_sid = stream_sid
        self._account_sid = account_sid
        self._call_sid = call_sid
        self._tail = b'"},"streamSid":"' + stream_sid.encode() + b'"}'
        self._sequence = 0

    def opening(self, parameters: Mapping[str, str]) -> bytes:
        """Return what a stream begins with."""
        start = {
            "accountSid": self._account_sid,
            "streamSid": self._stream_sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": dict(parameters),
        }
        connected = {"event": "connected", "protocol": "Call", "version": "1.0.0"}
        return framed(orjson.dumps(connected)) + self._of("start", {"start": start})

    def media(self, chunk: int, sound: bytes) -> bytes:
        """Return the message of one frame; `chunk` counts from 1, `sound` is its payload."""
        self._sequence += 1
        head = (
            b'{"event":"media","sequenceNumber":"%d","media":{"track":"inbound","chunk":"%d",'
            b'"timestamp":"%d","payload":"' % (self._sequence, chunk, (chunk - 1) * FRAME_MS)
        )
        return framed(head + sound + self._tail)

    def mark(self, name: str) -> bytes:
        """Return the message that a mark was reached, or cleared."""
        return self._of("mark", {"mark": {"name": name}})

    def stop(self) -> bytes:
        """Return what a stream ends with."""
        return self._of("stop", {"stop": {"accountSid": self._account_sid}})

    def _of(self, event: str, content: Mapping[str, object]) -> bytes:
        self._sequence += 1
        numbered = {"event": event, "sequenceNumber": str(self._sequence), **content}
        return framed(orjson.dumps({**numbered, "streamSid": self._stream_sid}))
