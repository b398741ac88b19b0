import base64
import json

import pytest

from floyd.calls import media_stream
from floyd.calls.media_stream import Audio, BadMessage, Ignored, Marked, Started, Stopped, decode


def test_the_messages_of_a_stream_are_read() -> None:
    start = {
        "event": "start",
        "start": {"streamSid": "MZ1", "callSid": "CA1", "customParameters": {"ticket": "t"}},
    }
    sound = base64.b64encode(b"\xff\x7f").decode()
    media = {"event": "media", "media": {"payload": sound, "timestamp": "40", "chunk": "2"}}
    assert decode(json.dumps(start)) == Started("MZ1", "CA1", {"ticket": "t"})
    assert decode(json.dumps(media)) == Audio(b"\xff\x7f", 40)
    assert decode('{"event":"mark","mark":{"name":"m1"}}') == Marked("m1")
    assert decode('{"event":"stop"}') == Stopped()
    assert decode('{"event":"connected","protocol":"Call"}') == Ignored()


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"hello",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"media"',
        b"{}",
        b'{"event":"media"}',
        b'{"event":"media","media":{"payload":"***","timestamp":"1"}}',
        b'{"event":"media","media":{"payload":"","timestamp":"soon"}}',
        b'{"event":"start","start":[]}',
        b'{"event":{}}',
    ],
)
def test_junk_is_refused_and_nothing_else_breaks(junk: bytes) -> None:
    with pytest.raises(BadMessage):
        decode(junk)


def test_what_is_sent_names_its_stream() -> None:
    sent = [
        media_stream.media("MZ1", b"\xff"),
        media_stream.mark("MZ1", "m"),
        media_stream.clear("MZ1"),
    ]
    assert [json.loads(message) for message in sent] == [
        {"event": "media", "streamSid": "MZ1", "media": {"payload": "/w=="}},
        {"event": "mark", "streamSid": "MZ1", "mark": {"name": "m"}},
        {"event": "clear", "streamSid": "MZ1"},
    ]
