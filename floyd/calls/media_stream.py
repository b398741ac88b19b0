"""The codec of Twilio Media Streams: JSON messages in, typed ones out, and the reverse.

Audio is 8 kHz mono mu-law in base64; Twilio promises no length of a message (about 20 ms is usual).
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

SAMPLE_RATE_HZ = 8000


class BadMessage(ValueError):
    """What came is no message of a media stream."""


@dataclass(frozen=True, slots=True)
class Started:
    """The stream began; `parameters` are those of the TwiML."""

    stream_sid: str
    call_sid: str
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Audio:
    """Sound of the callee; `at_ms` counts from the stream's start to its first sample."""

    mulaw: bytes
    at_ms: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark of ours came back."""

    name: str


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The callee pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The stream ends."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message that says nothing to us, such as `connected`."""


Incoming = Started | Audio | Marked | KeyPressed | Stopped | Ignored


def decode(message: bytes | str) -> Incoming:
    """Return a message of Twilio's.

    Raises:
        BadMessage: it is not JSON, or lacks what its kind must have.
    """
    try:
        content = orjson.loads(message)
        decoder = _DECODERS.get(content["event"], _ignored)
        return decoder(content)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadMessage(type(error).__name__) from error


def _started(content: dict[str, Any]) -> Started:
    start = content["start"]
    parameters = {str(name): str(text) for name, text in start.get("customParameters", {}).items()}
    return Started(str(start["streamSid"]), str(start["callSid"]), parameters)


def _audio(content: dict[str, Any]) -> Audio:
    media = content["media"]
    try:
        mulaw = base64.b64decode(media["payload"], validate=True)
    except binascii.Error as error:
        raise BadMessage("payload") from error
    return Audio(mulaw, int(media["timestamp"]))


def _marked(content: dict[str, Any]) -> Marked:
    return Marked(str(content["mark"]["name"]))


def _key_pressed(content: dict[str, Any]) -> KeyPressed:
    return KeyPressed(str(content["dtmf"]["digit"]))


def _stopped(_: dict[str, Any]) -> Stopped:
    return Stopped()


def _ignored(_: dict[str, Any]) -> Ignored:
    return Ignored()


_DECODERS: dict[str, Callable[[dict[str, Any]], Incoming]] = {
    "start": _started,
    "media": _audio,
    "mark": _marked,
    "dtmf": _key_pressed,
    "stop": _stopped,
}


def media(stream_sid: str, mulaw: bytes) -> bytes:
    """Return the message that plays audio, of any length."""
    payload = base64.b64encode(mulaw).decode("ascii")
    return orjson.dumps({"event": "media", "streamSid": stream_sid, "media": {"payload": payload}})


def mark(stream_sid: str, name: str) -> bytes:
    """Return the message that asks for a mark once the audio before it has played."""
    return orjson.dumps({"event": "mark", "streamSid": stream_sid, "mark": {"name": name}})


def clear(stream_sid: str) -> bytes:
    """Return the message that empties Twilio's buffer."""
    return orjson.dumps({"event": "clear", "streamSid": stream_sid})
