"""What comes with texts is fetched from Twilio's own hosts, and from nowhere else."""

import pytest

from floyd.errors import TelephonyError
from floyd.services.telephony.protocol import Telephony
from floyd.services.telephony.twilio import TwilioTelephony
from floyd.settings import Settings
from tests.sandbox.running import ACCOUNT_SID, Sandbox

CARD = "BEGIN:VCARD\nFN:Dr. Lee\nTEL:519-555-0188\nEND:VCARD\n"


@pytest.fixture
def telephony(twilio_settings: Settings) -> Telephony:
    return TwilioTelephony(twilio_settings, twilio_settings.clock)


def received(sandbox: Sandbox, **media: str) -> tuple[str, str]:
    """The SID of a text with an attachment, and where Twilio says that it is."""
    sent = [{"content_type": "text/vcard", "content": CARD, **media}]
    sid = sandbox.control.send_text(sandbox.user_phone, "", sent)
    return sid, sandbox.customer.next_post("/twilio/sms").fields["MediaUrl0"]


def test_an_attachment_is_fetched_through_the_cdn_and_cut(
    telephony: Telephony, sandbox: Sandbox
) -> None:
    sid, url = received(sandbox)
    assert telephony.attachment(sid, url, 10_000) == CARD.encode()
    assert telephony.attachment(sid, url, 11) == b"BEGIN:VCARD"


def test_only_an_attachment_of_this_very_text_is_fetched(
    telephony: Telephony, sandbox: Sandbox
) -> None:
    sid, url = received(sandbox)
    elsewhere = sandbox.customer.url + url.removeprefix(sandbox.api_url)
    for wrong in (
        elsewhere,
        url.replace(sid, "SM" + "0" * 32),
        url.replace(ACCOUNT_SID, "AC" + "0" * 32),
        url.replace("/Media/", "/Media/../"),
        url + "?x=1",
        url.replace("://", "://me@"),
        "/etc/passwd",
        "",
    ):
        with pytest.raises(TelephonyError):
            telephony.attachment(sid, wrong, 100)
    assert sandbox.customer.posted.empty()


@pytest.mark.parametrize(
    "to", ["{customer}/card", "http://mms.twiliocdn.com/x", "https://s3.evil/"]
)
def test_twilio_is_not_followed_to_other_hosts(
    telephony: Telephony, sandbox: Sandbox, to: str
) -> None:
    sid, url = received(sandbox, sends_on_to=to.format(customer=sandbox.customer.url))
    with pytest.raises(TelephonyError, match="not its own"):
        telephony.attachment(sid, url, 100)
    assert sandbox.customer.posted.empty()


def test_who_is_sent_round_in_circles_stops(telephony: Telephony, sandbox: Sandbox) -> None:
    sid, url = received(sandbox, sends_on_to="?again")
    with pytest.raises(TelephonyError):
        telephony.attachment(sid, url, 100)


def test_an_attachment_that_is_gone_is_an_error(telephony: Telephony, sandbox: Sandbox) -> None:
    sid, url = received(sandbox)
    with pytest.raises(TelephonyError):
        telephony.attachment(sid, url + "0", 100)
