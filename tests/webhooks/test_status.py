import itertools

import pytest

from floyd.store.models import OutboundText, User
from tests.webhooks.conftest import Twilio


@pytest.fixture
def text(user: User) -> OutboundText:
    return OutboundText.create(
        occasion="test", user=user, phone=user.phone, body="Hi", state="sending", created_at=0.0
    )


def _status(twilio: Twilio, text_id: int, status: str, sid: str = "SM9", **fields: str) -> None:
    path = f"/twilio/sms/status?text={text_id}"
    answer = twilio.post(path, MessageSid=sid, MessageStatus=status, **fields)
    assert answer.status_code == 204


@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered"])))
def test_a_delivered_text_stays_delivered_in_whatever_order_it_is_told(
    twilio: Twilio, text: OutboundText, order: tuple[str, ...]
) -> None:
    for status in order:
        _status(twilio, text.id, status)
    told = OutboundText.get()
    assert (told.state, told.sid, told.due_at) == ("delivered", "SM9", None)


def test_an_undelivered_text_keeps_its_code(twilio: Twilio, text: OutboundText) -> None:
    _status(twilio, text.id, "undelivered", ErrorCode="30005")
    assert (OutboundText.get().state, OutboundText.get().error_code) == ("undelivered", 30005)


def test_a_status_of_another_message_changes_nothing(twilio: Twilio, text: OutboundText) -> None:
    _status(twilio, text.id, "sent")
    _status(twilio, text.id, "delivered", sid="SM10")
    assert (OutboundText.get().state, OutboundText.get().sid) == ("sent", "SM9")


def test_a_sid_that_another_text_has_claimed_is_not_taken_twice(
    twilio: Twilio, text: OutboundText, user: User
) -> None:
    OutboundText.create(
        occasion="other", phone=user.phone, body="Hi", state="sent", sid="SM9", created_at=0.0
    )
    _status(twilio, text.id, "delivered")
    assert OutboundText.get_by_id(text.id).state == "sending"


@pytest.mark.parametrize("path", ["/twilio/sms/status", "/twilio/sms/status?text=x"])
def test_a_status_without_a_text_is_accepted_and_ignored(twilio: Twilio, path: str) -> None:
    assert twilio.post(path, MessageSid="SM1", MessageStatus="sent").status_code == 204


@pytest.mark.parametrize("status", ["", "read", "nonsense"])
def test_an_unknown_status_changes_nothing(twilio: Twilio, text: OutboundText, status: str) -> None:
    _status(twilio, text.id, status)
    assert OutboundText.get().state == "sending"
