import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.webhooks.conftest import Twilio


def _twilio_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/twilio")]


def test_every_twilio_route_refuses_an_unsigned_request(app: Flask) -> None:
    rules = _twilio_rules(app)
    assert len(rules) >= 7
    for rule in rules:
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            path = rule.rule.replace("<attempt>", "a" * 32)
            answer = app.test_client().open(path, method=method, data={"From": "+15195550123"})
            assert answer.status_code == 403, path


def test_every_route_outside_of_twilio_is_known(app: Flask) -> None:
    others = {rule.rule for rule in app.url_map.iter_rules()} - {
        rule.rule for rule in _twilio_rules(app)
    }
    assert others == {"/healthz", "/readyz", "/metrics"}


@pytest.mark.parametrize("signature", ["", "x", "AAAA", "\u00e4\u00f6\u00fc", "=" * 5000])
def test_a_wrong_signature_is_refused_and_never_an_error(app: Flask, signature: str) -> None:
    answer = app.test_client().post(
        "/twilio/sms",
        data={"MessageSid": "SM1", "From": "+15195550123"},
        headers={"X-Twilio-Signature": signature},
    )
    assert answer.status_code == 403


def test_a_signature_for_other_fields_is_refused(twilio: Twilio) -> None:
    signature = "".join(
        twilio.post("/twilio/voice", From="+15195550123").request.headers["X-Twilio-Signature"]
    )
    answer = twilio.client.post(
        "/twilio/voice", data={"From": "+1"}, headers={"X-Twilio-Signature": signature}
    )
    assert answer.status_code == 403


def test_the_query_is_part_of_what_is_signed(twilio: Twilio) -> None:
    assert twilio.post("/twilio/sms/status?text=7", MessageSid="SM1").status_code == 204
    signed = twilio.post("/twilio/sms/status?text=7", MessageSid="SM1").request.headers
    answer = twilio.client.post(
        "/twilio/sms/status?text=8",
        data={"MessageSid": "SM1"},
        headers={"X-Twilio-Signature": signed["X-Twilio-Signature"]},
    )
    assert answer.status_code == 403


def test_an_unsigned_flood_of_bytes_is_not_read(app: Flask) -> None:
    answer = app.test_client().post("/twilio/sms", data=b"x" * 10_000_000)
    assert answer.status_code == 403


def test_an_oversized_signed_request_is_refused_without_detail(app: Flask) -> None:
    answer = app.test_client().post(
        "/twilio/sms", data={"Body": "x" * 1_000_000}, headers={"X-Twilio-Signature": "x"}
    )
    assert answer.status_code == 413
    assert answer.text == "413 Request Entity Too Large\n"
