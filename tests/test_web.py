import sqlite3
from pathlib import Path
from threading import Timer

import structlog
from flask import Flask
from redis import Redis

from floyd.settings import Settings
from floyd.store.models import InboundText
from floyd.web import create_app
from tests.webhooks.conftest import Twilio


def test_an_error_shows_nothing_of_itself(settings: Settings, store: Redis) -> None:
    app = create_app(settings)

    @app.get("/breaks")
    def breaks() -> str:
        raise ValueError("call +1 519 555 0123")

    with structlog.testing.capture_logs() as logs:
        answer = app.test_client().get("/breaks")

    assert (answer.status_code, answer.text) == (500, "500 Internal Server Error\n")
    assert [(line["event"], line["error"]) for line in logs] == [("request_failed", "ValueError")]
    assert "519 555" not in str(logs)


def test_a_database_that_is_away_is_a_503_without_a_partial_row(
    settings: Settings, store: Redis
) -> None:
    app = create_app(settings)
    twilio = Twilio(
        app.test_client(),
        settings.floyd_public_url,
        settings.twilio_auth_token.get_secret_value(),
    )
    path = Path(settings.database.removeprefix("sqlite:///"))
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE inbound_text RENAME TO hidden")
    answer = twilio.post("/twilio/sms", MessageSid="SM1", From="+15195550123", Body="Hi")
    connection.execute("ALTER TABLE hidden RENAME TO inbound_text")
    connection.close()

    assert answer.status_code == 503
    assert InboundText.select().count() == 0


def test_a_text_that_comes_while_the_database_is_locked_waits_its_turn(
    settings: Settings, store: Redis
) -> None:
    twilio = Twilio(
        create_app(settings).test_client(),
        settings.floyd_public_url,
        settings.twilio_auth_token.get_secret_value(),
    )
    other = sqlite3.connect(
        settings.database.removeprefix("sqlite:///"), check_same_thread=False, isolation_level=None
    )
    other.execute("BEGIN IMMEDIATE")
    unlock = Timer(1, other.execute, ("COMMIT",))
    unlock.start()
    answer = twilio.post("/twilio/sms", MessageSid="SM1", From="+15195550123", Body="Hi")
    unlock.join()
    other.close()

    assert answer.status_code == 200
    assert InboundText.select().count() == 1


def test_the_app_is_built_without_connecting_to_anything(settings: Settings) -> None:
    nowhere = settings.model_copy(
        update={"redis_url": "redis://127.0.0.1:1/0", "database_url": "postgresql://127.0.0.1:1/x"}
    )
    assert isinstance(create_app(nowhere), Flask)
