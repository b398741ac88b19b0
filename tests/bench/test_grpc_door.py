"""The hand-made gRPC door: messages whole however they are cut, windows kept, calls ended."""

from dataclasses import dataclass, field

import pytest

from bench.stand_ins.grpc_door import Answer, GrpcDoor

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, PING, WINDOW = 0, 1, 3, 4, 6, 8
END_STREAM, ACK, END_HEADERS = 1, 1, 4


@dataclass
class Noted:
    """A call that notes what comes."""

    answer: Answer
    messages: list[bytes] = field(default_factory=list)
    ended: bool = False
    cancelled: bool = False

    def message(self, message: bytes) -> None:
        self.messages.append(message)

    def end(self) -> None:
        self.ended = True

    def cancel(self) -> None:
        self.cancelled = True


class Client:
    """A client at the door, with one call begun on stream 1."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.calls: list[Noted] = []
        self.door = GrpcDoor(self.sent.append, self._begin)

    def _begin(self, answer: Answer) -> Noted:
        self.calls.append(Noted(answer))
        return self.calls[-1]

    def begin(self) -> Noted:
        self.door.receive(PREFACE + frame(SETTINGS) + frame(HEADERS, END_HEADERS, 1, b"\x82"))
        self.sent.clear()
        return self.calls[0]


def frame(kind: int, flags: int = 0, stream: int = 0, content: bytes = b"") -> bytes:
    head = len(content).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big")
    return head + content


def message(text: bytes) -> bytes:
    return b"\x00" + len(text).to_bytes(4, "big") + text


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_messages_come_whole_however_the_bytes_are_cut(step: int) -> None:
    client = Client()
    both = message(b"one") + message(b"two")
    sent = b"".join(
        (
            PREFACE,
            frame(SETTINGS),
            frame(HEADERS, END_HEADERS, 1, b"\x82"),
            frame(DATA, 0, 1, both[:10]),
            frame(DATA, END_STREAM, 1, both[10:]),
        )
    )
    for at in range(0, len(sent), step):
        client.door.receive(sent[at : at + step])
    (call,) = client.calls
    assert call.messages == [b"one", b"two"]
    assert call.ended


def test_settings_and_pings_are_acknowledged() -> None:
    client = Client()
    client.begin()
    client.door.receive(frame(SETTINGS) + frame(PING, content=b"12345678"))
    client.door.receive(frame(SETTINGS, ACK))
    assert client.sent == [frame(SETTINGS, ACK), frame(PING, ACK, content=b"12345678")]


def test_answers_wait_for_the_clients_window() -> None:
    client = Client()
    call = client.begin()
    for _ in range(3):
        call.answer.send(b"x" * 30_000)
    assert len(client.sent) == 2
    client.door.receive(frame(WINDOW, content=(60_000).to_bytes(4, "big")))
    assert client.sent[-1] == frame(DATA, 0, 1, message(b"x" * 30_000))


def test_a_call_that_ends_well_has_status_0_and_no_more_answers() -> None:
    client = Client()
    call = client.begin()
    call.answer.close()
    call.answer.send(b"late")
    (trailers,) = client.sent
    assert trailers[3:5] == bytes((HEADERS, END_STREAM | END_HEADERS))
    assert trailers.endswith(b"grpc-status\x010")


def test_a_call_that_is_reset_or_lost_is_cancelled() -> None:
    client = Client()
    call = client.begin()
    client.door.receive(frame(RESET, 0, 1, b"\0\0\0\x08"))
    assert call.cancelled
    other = Client()
    lost = other.begin()
    other.door.close()
    assert lost.cancelled
