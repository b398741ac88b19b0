"""An app whose doors are knocked at by a Twilio that really signs."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from floyd.settings import Settings
from floyd.store.database import database
from floyd.web import create_app


@dataclass(frozen=True)
class Twilio:
    """Posts as Twilio does: form fields, signed over the public URL."""

    client: FlaskClient
    public_url: str
    auth_token: str

    def post(self, path: str, **fields: str) -> TestResponse:
        signature = RequestValidator(self.auth_token).compute_signature(
            self.public_url + path, fields
        )
        return self.client.post(path, data=fields, headers={"X-Twilio-Signature": signature})


@pytest.fixture
def app(settings: Settings, store: Redis) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    database.close()


@pytest.fixture
def twilio(app: Flask, settings: Settings) -> Twilio:
    return Twilio(
        app.test_client(),
        settings.floyd_public_url,
        settings.twilio_auth_token.get_secret_value(),
    )
