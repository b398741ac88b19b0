"""What people and machines send that is no proper text, number or stream."""

import base64
import hashlib
import hmac
import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from floyd.calls import tickets
from tests.whole.conftest import Town

STRANGER = "+14165550147"


def test_an_unknown_sender_gets_one_polite_text_and_costs_no_model_call(town: Town) -> None:
    for _ in range(3):
        town.text("Order me a pizza", from_=STRANGER)
    town.reply("", phone=STRANGER)
    town.text("thanks!")
    town.reply("")
    assert len(town.replies(STRANGER)) == 1
    asked = [e for e in town.sandbox.records() if e.kind == "openai.chat"]
    assert all("pizza" not in json.dumps(event.fields) for event in asked)


@pytest.mark.parametrize(
    "body",
    ["", "   ", "\U0001f469\u200d\U0001f467 \U0001f912", "a\0b", "x" * 1_600, "{{7*7}}<script>"],
    ids=["empty", "blank", "emoji", "nul", "long", "markup"],
)
def test_any_text_is_answered(town: Town, body: str) -> None:
    town.text(body)
    assert len(town.reply("")) <= 1_600


def stream_url(town: Town) -> str:
    return f"{town.settings.media_url}/twilio/media"


def knock(town: Town, signature: str | None) -> ClientConnection:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    return connect(stream_url(town), additional_headers=headers, proxy=None)


def signed(town: Town) -> str:
    token = town.settings.twilio_auth_token.get_secret_value().encode()
    digest = hmac.new(token, stream_url(town).encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


@pytest.mark.parametrize("signature", [None, "", "bm8="])
def test_an_unsigned_stream_is_refused_at_the_door(town: Town, signature: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        knock(town, signature)
    assert refused.value.response.status_code == 403


def start(ticket: str) -> str:
    return json.dumps(
        {
            "event": "start",
            "start": {
                "streamSid": "MZ" + "0" * 32,
                "callSid": "CA" + "0" * 32,
                "customParameters": {"ticket": ticket},
            },
        }
    )


def never_given_out(town: Town) -> str:
    secret = town.settings.floyd_secret_key.get_secret_value()
    return tickets.mint(secret, "f" * 32, 1)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([start("")], 1008),
        ([start("forged")], 1008),
        (['{"event":"media","media":{"payload":"/w==","timestamp":"1"}}'], 1008),
        (["this is no JSON"], 1007),
        ([b"\x00\x01binary"], 1007),
        (["x" * 100_000], 1009),
    ],
    ids=["no ticket", "forged ticket", "media first", "junk", "binary", "oversized"],
)
def test_a_stream_that_is_none_of_ours_is_closed_before_anything_is_spent(
    town: Town, messages: list[str | bytes], code: int
) -> None:
    with knock(town, signed(town)) as stream:
        for message in messages:
            stream.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == code
    spent = [e.kind for e in town.sandbox.records() if e.kind.startswith(("openai", "google"))]
    assert spent == []


def test_a_well_signed_ticket_that_no_call_has_is_refused(town: Town) -> None:
    with knock(town, signed(town)) as stream:
        stream.send(start(never_given_out(town)))
        with pytest.raises(ConnectionClosed) as closed:
            stream.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
