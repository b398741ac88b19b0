from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from redis import Redis
from rq import Queue

from floyd.settings import Settings
from floyd.store.database import database
from floyd.store.models import InboundText, User
from tests.webhooks.conftest import Twilio


def _text(twilio: Twilio, body: str, sid: str = "SM1", **fields: str) -> int:
    answer = twilio.post(
        "/twilio/sms", MessageSid=sid, From="+15195550123", Body=body, **{"NumMedia": "0"} | fields
    )
    return answer.status_code


def _jobs(redis: Redis) -> list[tuple[str, tuple[int, ...]]]:
    return [(job.func_name, job.args) for job in Queue("floyd", connection=redis).jobs]


def test_a_text_is_stored_for_its_user_and_queued_by_its_id(
    twilio: Twilio, user: User, redis: Redis
) -> None:
    answer = twilio.post(
        "/twilio/sms", MessageSid="SM1", From=user.phone, Body="Call the school", NumMedia="2"
    )

    assert answer.status_code == 200
    assert answer.mimetype == "text/xml"
    assert "<Message" not in answer.text
    text = InboundText.get()
    assert (text.sid, text.body, text.media_count, text.user) == ("SM1", "Call the school", 2, user)
    assert text.due_at > text.received_at
    assert _jobs(redis) == [("floyd.jobs.understand_text.run", (text.id,))]


def test_the_same_text_twenty_times_at_once_is_one_row_and_one_job(
    app: Flask, settings: Settings, redis: Redis
) -> None:
    together = Barrier(20)

    def post(_: int) -> int:
        twilio = Twilio(
            app.test_client(),
            settings.floyd_public_url,
            settings.twilio_auth_token.get_secret_value(),
        )
        together.wait(10)
        return _text(twilio, "Call the school")

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(post, range(20)))

    assert answers == [200] * 20
    assert InboundText.select().count() == 1
    assert len(_jobs(redis)) == 1


def test_a_text_replayed_a_day_later_changes_nothing(twilio: Twilio, redis: Redis) -> None:
    _text(twilio, "Call the school")
    InboundText.update(understood_at=1.0, due_at=None).execute()
    redis.flushdb()

    assert _text(twilio, "Call the school") == 200
    assert InboundText.get().understood_at == 1.0
    assert _jobs(redis) == []


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("", ""),
        ("\U0001f44d\U0001f3fd", "\U0001f44d\U0001f3fd"),
        ("\u0627\u062a\u0635\u0644 \u0628\u064a", "\u0627\u062a\u0635\u0644 \u0628\u064a"),
        ("a\x00b", "ab"),
        ("x" * 12_000, "x" * 10_000),
        ("<script>{{7*7}}'; --", "<script>{{7*7}}'; --"),
    ],
)
def test_any_body_is_taken(twilio: Twilio, sent: str, stored: str) -> None:
    assert _text(twilio, sent) == 200
    assert InboundText.get().body == stored


@pytest.mark.parametrize("word", ["STOP", "stop ", "Unsubscribe", "CANCEL", "START", "help"])
def test_what_twilio_answers_itself_is_stored_and_not_answered(
    twilio: Twilio, redis: Redis, word: str
) -> None:
    assert _text(twilio, word) == 200
    text = InboundText.get()
    assert text.body == word
    assert (text.understood_at, text.due_at) == (text.received_at, None)
    assert _jobs(redis) == []


@pytest.mark.parametrize("media", ["", "-1", "ten", "\u0663", "9999"])
def test_a_strange_number_of_attachments_is_no_error(twilio: Twilio, media: str) -> None:
    assert _text(twilio, "look", NumMedia=media) == 200
    assert 0 <= InboundText.get().media_count <= 10


def test_a_text_without_its_sid_is_refused(twilio: Twilio) -> None:
    assert twilio.post("/twilio/sms", From="+15195550123", Body="x").status_code == 400
    assert InboundText.select().count() == 0


def test_a_text_is_stored_while_redis_is_away(settings: Settings, store: Redis) -> None:
    from floyd.web import create_app

    nowhere = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    twilio = Twilio(
        create_app(nowhere).test_client(),
        nowhere.floyd_public_url,
        nowhere.twilio_auth_token.get_secret_value(),
    )
    assert _text(twilio, "Call the school") == 200
    assert InboundText.get().due_at is not None


def test_a_request_leaves_no_connection_open(twilio: Twilio) -> None:
    _text(twilio, "Call the school")
    assert database.is_closed()
