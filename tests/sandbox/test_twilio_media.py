import base64
from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from tests.sandbox.running import ACCOUNT_SID, AUTH_TOKEN, MediaSocket, Sandbox

SECOND = b"\x80" * 8000


def payload(mulaw: bytes) -> dict[str, str]:
    return {"payload": base64.b64encode(mulaw).decode()}


async def until_closed(media: MediaSocket) -> list[dict[str, Any]]:
    messages = []
    while (message := await media.read()) is not None:
        messages.append(message)
    return messages


def test_a_stream_begins_with_connected_and_start(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        messages = [await media.read() for _ in range(4)]
        return messages, media.url, media.headers

    sandbox.customer.media_script = script
    parameter = '<Parameter name="token" value="a&amp;b"/>'
    stream = f'<Stream url="{sandbox.customer.media_url}">{parameter}</Stream>'
    sid = sandbox.dial(f"<Response><Connect>{stream}</Connect></Response>")
    (connected, start, first, second), url, headers = sandbox.customer.media_result()
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    stream_sid = start["streamSid"]
    assert start == {
        "event": "start",
        "sequenceNumber": "1",
        "streamSid": stream_sid,
        "start": {
            "streamSid": stream_sid,
            "accountSid": ACCOUNT_SID,
            "callSid": sid,
            "tracks": ["inbound"],
            "customParameters": {"token": "a&b"},
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        },
    }
    assert [(each["sequenceNumber"], each["media"]["chunk"]) for each in (first, second)] == [
        ("2", "1"),
        ("3", "2"),
    ]
    assert (first["media"]["track"], second["media"]["timestamp"]) == ("inbound", "40")
    assert len(base64.b64decode(first["media"]["payload"])) == 160
    assert url == sandbox.customer.media_url
    assert RequestValidator(AUTH_TOKEN).validate(url, {}, headers["X-Twilio-Signature"])


def test_a_mark_returns_when_the_audio_before_it_has_played(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        await media.read_until("start")
        await media.send("media", media=payload(SECOND))
        await media.send("mark", mark={"name": "one"})
        await media.send("media", media=payload(SECOND))
        await media.send("mark", mark={"name": "two"})
        timestamps = []
        for _ in range(2):
            timestamps.append((await _next_mark(media))[1])
        return timestamps

    sandbox.customer.media_script = script
    sandbox.dial_stream()
    first_ms, second_ms = sandbox.customer.media_result()
    assert first_ms >= 1000
    assert second_ms - first_ms == 1000


async def _next_mark(media: MediaSocket) -> tuple[str, int]:
    """The next mark, and how much media came before it."""
    timestamp_ms = 0
    while (message := await media.read()) is not None:
        if message["event"] == "media":
            timestamp_ms = int(message["media"]["timestamp"])
        if message["event"] == "mark":
            return message["mark"]["name"], timestamp_ms
    raise AssertionError("closed")


def test_a_mark_without_audio_returns_at_once(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        await media.read_until("start")
        await media.send("mark", mark={"name": "empty"})
        return await media.read_until("mark")

    sandbox.customer.media_script = script
    sandbox.dial_stream()
    assert sandbox.customer.media_result()["mark"] == {"name": "empty"}


def test_clear_empties_the_buffer_and_returns_its_marks(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        await media.read_until("start")
        await media.send("media", media=payload(SECOND * 60))
        await media.send("mark", mark={"name": "never played"})
        await media.send("mark", mark={"name": "nor this"})
        await media.send("clear")
        return [await _next_mark(media) for _ in range(2)]

    sandbox.customer.media_script = script
    sandbox.dial_stream()
    (first, at_ms), (second, _) = sandbox.customer.media_result()
    assert (first, second) == ("never played", "nor this")
    assert at_ms < 5000


def test_more_than_ten_minutes_of_audio_is_dropped(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        await media.read_until("start")
        await media.send("media", media=payload(SECOND * 601))
        await until_closed(media)

    sandbox.customer.media_script = script
    sid = sandbox.dial_stream()
    dropped = sandbox.control.wait_for("twilio.error", code=31931).fields
    assert "media dropped" in dropped["message"]
    assert sandbox.world.twilio.calls.get(sid).call.status == "in-progress"


@pytest.mark.parametrize(
    "message",
    [
        {"event": "media"},
        {"event": "media", "media": {"payload": "%%%"}},
        {"event": "media", "streamSid": "MZ0", "media": {"payload": ""}},
        {"event": "shout"},
        {"event": "mark"},
        [],
    ],
)
def test_messages_that_the_protocol_does_not_know(sandbox: Sandbox, message: object) -> None:
    async def script(media: MediaSocket) -> Any:
        start = await media.read_until("start")
        extra = {"streamSid": start["streamSid"]}
        await media.socket.send_json(extra | message if isinstance(message, dict) else message)
        await media.send("mark", mark={"name": "goes on"})
        return await media.read_until("mark")

    sandbox.customer.media_script = script
    sid = sandbox.dial_stream()
    assert sandbox.control.wait_for("twilio.error", code=31951).fields["call"] == sid
    assert sandbox.customer.media_result()["mark"] == {"name": "goes on"}


def test_keys_pressed_at_the_phone_arrive(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        return [await media.read_until("dtmf") for _ in range(2)]

    sandbox.customer.media_script = script
    sid = sandbox.dial_stream()
    sandbox.control.wait_for("stream-started", call=sid)
    sandbox.control.press_keys(sid, "5#")
    messages = sandbox.customer.media_result()
    assert [message["dtmf"] for message in messages] == [
        {"track": "inbound_track", "digit": "5"},
        {"track": "inbound_track", "digit": "#"},
    ]


def test_hanging_up_stops_the_stream(sandbox: Sandbox) -> None:
    sandbox.customer.media_script = until_closed
    sid = sandbox.dial_stream()
    sandbox.control.wait_for("stream-started", call=sid)
    sandbox.control.hang_up(sid)
    last = sandbox.customer.media_result()[-1]
    assert last["event"] == "stop"
    assert last["stop"] == {"accountSid": ACCOUNT_SID, "callSid": sid}


def dial_with_way_back(sandbox: Sandbox) -> str:
    """A stream with a status callback, then a redirect to /resume."""
    url = sandbox.customer.url
    stream = f'<Stream url="{sandbox.customer.media_url}" statusCallback="{url}/stream"/>'
    redirect = f"<Redirect>{url}/resume</Redirect>"
    sandbox.customer.answer("/resume", "<Response><Pause length='60'/></Response>")
    return sandbox.dial(f"<Response><Connect>{stream}</Connect>{redirect}</Response>")


def test_after_our_close_the_program_goes_on(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        await media.read_until("start")
        await media.socket.close(code=1001)

    sandbox.customer.media_script = script
    dial_with_way_back(sandbox)
    posts = [sandbox.customer.next_post() for _ in range(3)]
    assert {post.path for post in posts} == {"/stream", "/resume"}
    events = [post.fields["StreamEvent"] for post in posts if post.path == "/stream"]
    assert events == ["stream-started", "stream-stopped"]


@pytest.mark.parametrize("mode", ["continue", "continue_after_10_s"])
def test_after_a_lost_socket_the_program_goes_on(sandbox: Sandbox, mode: str) -> None:
    sandbox.control.change_conditions(twilio={"on_socket_loss": mode})
    sid = dial_with_way_back(sandbox)
    sandbox.control.wait_for("stream-started", call=sid)
    assert sandbox.control.lose_socket(sid)
    sandbox.customer.next_post("/resume")
    lost, resumed = (
        sandbox.control.wait_for("stream-error", code=31903),
        sandbox.control.wait_for("twiml.verb", verb="Redirect"),
    )
    waited_s = _seconds_between(lost.at, resumed.at)
    assert waited_s < 3 if mode == "continue" else 9 < waited_s < 13


def test_after_a_lost_socket_the_call_may_end(sandbox: Sandbox) -> None:
    sandbox.control.change_conditions(twilio={"on_socket_loss": "hang_up"})
    sid = dial_with_way_back(sandbox)
    sandbox.control.wait_for("stream-started", call=sid)
    assert sandbox.control.lose_socket(sid)
    sandbox.wait_for_status(sid, "completed")
    began = [each.fields["call"] for each in sandbox.control.records(kinds=["stream-started"])]
    assert began == [sid]


def test_new_twiml_replaces_a_live_stream(sandbox: Sandbox) -> None:
    sandbox.customer.media_script = until_closed
    sid = dial_with_way_back(sandbox)
    sandbox.control.wait_for("stream-started", call=sid)
    sandbox.twilio().calls(sid).update(twiml="<Response><Hangup/></Response>")
    assert sandbox.customer.media_result()[-1]["event"] == "stop"
    sandbox.wait_for_status(sid, "completed")
    verbs = [each.fields["verb"] for each in sandbox.control.records(kinds=["twiml.verb"])]
    assert verbs == ["Connect", "Hangup"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("{media}?token=1", 31920),
        ("ws://example.com/media", 31922),
        ("{http}/media", 31922),
        ("{ws}/nowhere", 31920),
        ("ws://127.0.0.1:9/media", 31902),
    ],
)
def test_streams_that_cannot_be_opened(sandbox: Sandbox, url: str, code: int) -> None:
    customer = sandbox.customer
    address = url.format(
        media=customer.media_url, http=customer.url, ws=customer.url.replace("http", "ws")
    )
    callback = f"{customer.url}/stream"
    stream = f'<Stream url="{address}" statusCallback="{callback}"/>'
    sid = sandbox.dial(f"<Response><Connect>{stream}</Connect></Response>")
    post = customer.next_post("/stream")
    assert post.fields["StreamEvent"] == "stream-error"
    assert post.fields["StreamError"].startswith(f"{code}:")
    sandbox.wait_for_status(sid, "completed")


def test_both_tracks_of_a_started_stream(sandbox: Sandbox) -> None:
    async def script(media: MediaSocket) -> Any:
        start = await media.read_until("start")
        first, second = [await media.read_until("media") for _ in range(2)]
        return start["start"]["tracks"], first["media"]["track"], second["media"]["track"]

    sandbox.customer.media_script = script
    stream = f'<Stream url="{sandbox.customer.media_url}" track="both_tracks"/>'
    sandbox.dial(f"<Response><Start>{stream}</Start><Pause length='60'/></Response>")
    assert sandbox.customer.media_result() == (["inbound", "outbound"], "inbound", "outbound")


def _seconds_between(earlier: str, later: str) -> float:
    from datetime import datetime

    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
