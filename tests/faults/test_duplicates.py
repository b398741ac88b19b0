"""What Twilio sends twice, late, in another order, again a day later, or not at all."""

from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from chaos.evidence import Rows
from floyd.sandbox.client import Event
from floyd.sandbox.twilio.account import Account
from floyd.store.models import Call, Errand, ErrandMove, InboundText, OutboundText, Question, Row
from tests.faults.town import Town

pytestmark = pytest.mark.faults

_NOWHERE = "f" * 32


def webhooks(town: Town, name: str = "") -> list[Event]:
    """What Twilio has posted so far."""
    posted = town.sandbox.records(0, ["twilio.webhook"])
    return [event for event in posted if name in event.fields["name"]]


def post(town: Town, url: str, fields: dict[str, str]) -> int:
    """Post as Twilio does, signed; returns the status of the answer."""
    token = town.settings.twilio_auth_token.get_secret_value()
    account = Account(town.settings.twilio_account_sid, token, "", "", "")
    request = Request(
        url,
        urlencode(fields).encode(),
        {"X-Twilio-Signature": account.sign(url, fields.items())},
    )
    with build_opener(ProxyHandler({})).open(request) as response:
        return int(response.status)


def all_rows() -> dict[str, Rows]:
    tables: tuple[type[Row], ...] = (Errand, ErrandMove, InboundText, OutboundText, Call, Question)
    return {table.__name__: list(table.select().order_by(table.id).dicts()) for table in tables}


def test_a_text_that_comes_twenty_times_at_once_is_one_text(silent: Town) -> None:
    silent.fault("webhook sms", "duplicate", copies=19)
    silent.text()
    silent.reply("busy")
    silent.check()
    answers = [event.fields["status"] for event in webhooks(silent, "webhook sms")]
    assert len(answers) == 20
    assert all(200 <= status < 300 for status in answers)
    assert InboundText.select().where(InboundText.phone == silent.scenario.user_phone).count() == 1
    assert len(silent.calls()) == 1


def test_two_texts_that_come_reversed_are_one_conversation_with_one_errand(silent: Town) -> None:
    silent.fault("webhook sms", "delay", delay_s=10)
    silent.text()
    silent.text("Thanks!")
    silent.reply("busy")
    silent.check()
    assert [call.status for call in silent.calls()] == ["busy"]
    texts = InboundText.select().where(InboundText.phone == silent.scenario.user_phone)
    assert next(text.body for text in texts.order_by(InboundText.id)) == "Thanks!"
    assert silent.errands() == 1


def test_a_call_never_goes_back_whatever_order_its_callbacks_come_in(silent: Town) -> None:
    silent.school_is("silent")
    silent.fault("callback call ringing", "delay", delay_s=30)
    silent.fault("callback call in-progress", "delay", delay_s=20)
    silent.fault("callback call completed", "duplicate", copies=3)
    silent.text()
    silent.sandbox.hang_up(silent.call("in-progress").sid)
    silent.until(lambda: len(webhooks(silent, "callback call in-progress")) == 1)
    silent.until(lambda: len(webhooks(silent, "callback call ringing")) == 1)
    silent.check()
    order = [event.fields["name"].split()[-1] for event in webhooks(silent, "callback call")]
    assert order == ["initiated", *["completed"] * 4, "in-progress", "ringing"]


def test_a_call_of_which_nothing_is_ever_heard_is_asked_about_within_two_minutes(
    silent: Town,
) -> None:
    silent.fault("callback call *", "drop", times=99)
    silent.text()
    ended = silent.until(lambda: silent.when("call.status", status="busy"))
    silent.reply("busy")
    told = silent.when("text", body=silent.replies()[-1])
    assert told - ended < 120
    assert webhooks(silent, "callback call") == []
    silent.check()


def test_what_twilio_has_signed_does_nothing_a_second_time(silent: Town) -> None:
    silent.text()
    silent.reply("busy")
    silent.check()
    before = all_rows()
    posted = webhooks(silent)
    assert {event.fields["name"].split()[0] for event in posted} == {"webhook", "callback"}
    answers = [post(silent, event.fields["url"], event.fields["fields"]) for event in posted]
    assert all(200 <= status < 300 for status in answers)
    silent.check()
    assert all_rows() == before


def test_the_status_of_a_call_that_nobody_made_is_answered_and_forgotten(silent: Town) -> None:
    before = all_rows()
    url = f"{silent.settings.floyd_public_url}/twilio/calls/{_NOWHERE}/status"
    assert post(silent, url, {"CallSid": "CA" + _NOWHERE, "CallStatus": "completed"}) == 204
    assert all_rows() == before


def test_a_yes_that_is_sent_twice_dials_once(silent: Town) -> None:
    silent.text()
    silent.reply("I'll try again")
    silent.fault("POST Calls", "hold_before")
    silent.text("Yes")
    silent.text("Yes")
    silent.until_held()
    read = InboundText.select().where(
        InboundText.phone == silent.scenario.user_phone, InboundText.understood_at.is_null(False)
    )
    silent.until(lambda: read.count() == 3)
    silent.sandbox.release()
    silent.until(lambda: len(silent.calls()) == 2)
    silent.check()
    assert [call.status for call in silent.calls()] == ["busy", "busy"]


def test_a_text_whose_webhook_was_lost_is_found_in_twilios_list(silent: Town) -> None:
    silent.fault("webhook sms", "drop")
    silent.text()
    silent.reply("busy")
    silent.check()
    assert webhooks(silent, "webhook sms") == []
    assert len(silent.calls()) == 1
