"""Signatures as Twilio's stand-in makes them, and as others might."""

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from floyd.services.telephony.twilio import Signatures
from tests.sandbox.running import AUTH_TOKEN, MediaSocket, Sandbox

SIGNATURES = Signatures(AUTH_TOKEN)
URL = "https://floyd.test/twilio/sms"


def signed(url: str, fields: dict[str, str] | None = None) -> str:
    signature: str = RequestValidator(AUTH_TOKEN).compute_signature(url, fields or {})
    return signature


def test_a_webhook_of_twilio_is_known_and_a_changed_one_is_not(sandbox: Sandbox) -> None:
    sandbox.control.send_text(sandbox.user_phone, "Call the school")
    posted = sandbox.customer.next_post("/twilio/sms")
    fields = MultiDict(posted.fields.items())
    signature = posted.headers["X-Twilio-Signature"]
    assert SIGNATURES.valid(posted.url, fields, signature)
    assert not SIGNATURES.valid(posted.url, fields | {"Body": "Call the bank"}, signature)
    assert not SIGNATURES.valid(posted.url + "/x", fields, signature)


def test_a_media_socket_of_twilio_is_known(sandbox: Sandbox) -> None:
    async def read_signature(media: MediaSocket) -> tuple[str, str]:
        return media.url, media.headers["X-Twilio-Signature"]

    sandbox.customer.media_script = read_signature
    sandbox.dial_stream()
    url, signature = sandbox.customer.media_result()
    assert SIGNATURES.valid(url, {}, signature)
    assert not SIGNATURES.valid(url + "?x=1", {}, signature)


@pytest.mark.parametrize(
    ("seen", "signed_as"),
    [
        ("wss://floyd.test/twilio/media", "wss://floyd.test/twilio/media"),
        ("wss://floyd.test/twilio/media", "wss://floyd.test:443/twilio/media"),
        ("https://floyd.test:443/twilio/sms", "https://floyd.test/twilio/sms"),
        ("https://floyd.test:8443/twilio/sms", "https://floyd.test:8443/twilio/sms"),
    ],
)
def test_the_default_port_may_be_written_or_not(seen: str, signed_as: str) -> None:
    assert SIGNATURES.valid(seen, {}, signed(signed_as))


def test_another_port_is_another_url() -> None:
    assert not SIGNATURES.valid("wss://floyd.test/m", {}, signed("wss://floyd.test:80/m"))


@pytest.mark.parametrize("signature", [None, "", "x", "\u00e9", "=" * 28])
def test_a_missing_or_broken_signature_is_wrong_and_no_error(signature: str | None) -> None:
    assert not SIGNATURES.valid(URL, {"Body": "hi"}, signature)


def test_repeated_fields_count() -> None:
    fields = MultiDict([("A", "1"), ("A", "2")])
    signature: str = RequestValidator(AUTH_TOKEN).compute_signature(URL, fields)
    assert SIGNATURES.valid(URL, fields, signature)
    assert not SIGNATURES.valid(URL, {"A": "1"}, signature)
