from collections.abc import Iterator

import pytest
from redis import Redis
from rq import Queue

from floyd.errands.understanding import TOO_LATE, understand
from floyd.errors import TelephonyError
from floyd.jobs.find_texts import LOOKED_BACK_S, OVERLAP_S, find_texts
from floyd.services import Services
from floyd.services.directory.protocol import NoDirectory
from floyd.services.telephony.protocol import TextReceived
from floyd.services.telephony.twilio import TwilioTelephony
from floyd.settings import Settings
from floyd.store.models import InboundText, OutboundText, User
from floyd.web import create_app
from tests.jobs.conftest import NoThinker, SetClock
from tests.phone_company import ScriptedTelephony, never_processed
from tests.sandbox.running import ACCOUNT_SID, AUTH_TOKEN, Sandbox, running_sandbox
from tests.webhooks.conftest import Twilio

BEGAN = 1_000_000.0


@pytest.fixture(autouse=True)
def served_for_weeks(user: User, clock: SetClock) -> None:
    clock.moved[0] = BEGAN


def seen(sid: str, body: str, at: float, **fields: int) -> TextReceived:
    media_count = fields.get("media_count", 0)
    return TextReceived(sid, "+15195550123", body, media_count, received_at=at)


def a_minute_later(services: Services) -> None:
    services.clock.block(60)
    find_texts(services, 0)


def jobs(redis: Redis) -> list[tuple[object, ...]]:
    return [(job.func_name, *job.args) for job in Queue("floyd", connection=redis).jobs]


def row(sid: str) -> dict[str, object]:
    stored = InboundText.select().where(InboundText.sid == sid).dicts().get()
    return {name: value for name, value in stored.items() if name not in ("id", "sid")}


@pytest.mark.parametrize("body", ["Call the school", "STOP", "a\x00b", "x" * 12_000, ""])
def test_a_lost_text_is_stored_and_queued_as_its_webhook_would_have_done(
    services: Services,
    settings: Settings,
    telephony: ScriptedTelephony,
    store: Redis,
    user: User,
    body: str,
) -> None:
    app = create_app(settings)
    twilio = Twilio(
        app.test_client(), settings.floyd_public_url, settings.twilio_auth_token.get_secret_value()
    )
    twilio.post("/twilio/sms", MessageSid="SM1", From=user.phone, Body=body, NumMedia="12")
    by_webhook = row("SM1")
    queued = jobs(store)
    store.delete("rq:queue:floyd")

    arrived = float(str(by_webhook["received_at"]))
    services.clock.block(arrived - services.clock.now())
    telephony.received.append(seen("SM2", body, at=arrived, media_count=12))
    find_texts(services, 0)
    assert row("SM2") == by_webhook
    assert [job[0] for job in jobs(store)] == [job[0] for job in queued]


def test_a_text_that_came_by_webhook_is_not_taken_in_again(
    services: Services, telephony: ScriptedTelephony, store: Redis, user: User
) -> None:
    InboundText.create(sid="SM1", phone=user.phone, body="Hi", received_at=BEGAN, understood_at=1)
    telephony.received += [seen("SM1", "Hi", BEGAN), seen("SM2", "Call them", BEGAN + 1)]
    a_minute_later(services)
    a_minute_later(services)
    assert InboundText.select().count() == 2
    assert jobs(store) == [("floyd.jobs.understand_text.run", InboundText.get(sid="SM2").id)]


def test_lost_texts_are_taken_in_as_they_were_sent(
    services: Services, telephony: ScriptedTelephony, store: Redis
) -> None:
    telephony.received += [seen(f"SM{n}", str(n), BEGAN + n) for n in (3, 1, 2)]
    a_minute_later(services)
    texts = InboundText.select().order_by(InboundText.id)
    assert [text.body for text in texts] == ["1", "2", "3"]


def test_a_text_that_was_lost_for_long_is_told_that_it_is_too_late(
    services: Services, telephony: ScriptedTelephony, user: User
) -> None:
    telephony.received.append(seen("SM1", "Call the school", BEGAN - 3601))
    find_texts(services, 0)
    assert understand(services, InboundText.get().id) == []
    assert OutboundText.get().body == TOO_LATE


def test_each_look_begins_a_little_before_the_last_good_one(
    services: Services, telephony: ScriptedTelephony
) -> None:
    find_texts(services, 0)
    telephony.listing = never_processed()
    a_minute_later(services)
    telephony.listing = TelephonyError("failed there", retryable=True)
    a_minute_later(services)
    telephony.listing = None
    a_minute_later(services)
    a_minute_later(services)
    last_good = [BEGAN, BEGAN, BEGAN, BEGAN + 180]
    assert telephony.asked_since[1:] == [at - OVERLAP_S for at in last_good]


def test_a_look_goes_back_some_days_at_most_and_never_before_there_was_a_user(
    services: Services, telephony: ScriptedTelephony, store: Redis, user: User
) -> None:
    find_texts(services, 0)
    store.flushdb()
    User.update(created_at=BEGAN - 5).execute()
    find_texts(services, 0)
    User.delete().execute()
    a_minute_later(services)
    assert telephony.asked_since == [BEGAN - LOOKED_BACK_S, BEGAN - 5]


def test_looks_that_piled_up_ask_twilio_once(
    services: Services, telephony: ScriptedTelephony
) -> None:
    for _ in range(5):
        find_texts(services, 0)
    assert len(telephony.asked_since) == 1


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def wired(settings: Settings, store: Redis, sandbox: Sandbox) -> Services:
    """Services whose phone company is the sandbox's."""
    clock = sandbox.world.clock
    there = settings.model_copy(
        update={
            "twilio_account_sid": ACCOUNT_SID,
            "twilio_auth_token": type(settings.twilio_auth_token)(AUTH_TOKEN),
            "twilio_phone_number": sandbox.number,
            "twilio_api_url": sandbox.api_url,
            "floyd_time_scale": clock.scale,
            "floyd_time_origin": clock.origin,
            "floyd_find_texts_every_s": 0,
        }
    )
    telephony = TwilioTelephony(there, there.clock)
    return Services(there, there.clock, store, telephony, NoThinker(), NoDirectory())


@pytest.mark.parametrize("status", [429, 500])
def test_what_twilio_gave_up_on_is_found_once_it_lists_again(
    wired: Services, sandbox: Sandbox, status: int
) -> None:
    sandbox.customer.answer("/twilio/sms", "", status=503)
    sid = sandbox.control.send_text(sandbox.user_phone, "Call the school")
    sandbox.control.wait_for("twilio.webhook", name="webhook sms", status=503)
    sandbox.control.add_fault("GET Messages", "error_before", status=status)

    find_texts(wired, 0)
    assert InboundText.select().count() == 0
    find_texts(wired, 0)
    text = InboundText.get()
    assert (text.sid, text.phone, text.body) == (sid, sandbox.user_phone, "Call the school")
    assert text.due_at is not None
