"""The vendors' stand-ins on a loop of their own, and settings that lead the real SDKs to them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.google import GoogleConditions, GoogleSpeech
from floyd.sandbox.openai import OpenAIConditions, build_app
from floyd.sandbox.records import Records
from floyd.sandbox.sound import Clip, Voices
from floyd.settings import Settings
from tests.sandbox.running import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    TIME_SCALE,
    LoopThread,
    Sandbox,
    running_sandbox,
)

SILENCE = b"\xff" * 4000


@dataclass
class Speech:
    """Google's and OpenAI's stand-ins, in one room: what one says, the other understands."""

    openai: OpenAIConditions
    google: GoogleConditions
    records: Records
    loop: LoopThread
    voices: Voices
    environment: dict[str, Any]

    def clip(self, text: str) -> Clip:
        """Somebody's voice."""
        spoken: Clip = self.loop.run(self.voices.speak(text))
        return spoken

    def words_in(self, mulaw: bytes) -> str:
        """What a listener understands."""
        return " ".join(word.text for word in self.voices.ears().hear(SILENCE + mulaw + SILENCE))


@pytest.fixture
def speech() -> Iterator[Speech]:
    with _speech(SandboxClock(TIME_SCALE, time.time())) as running:
        yield running


@pytest.fixture
def quick_speech() -> Iterator[Speech]:
    """The same, where time passes twice as fast."""
    with _speech(SandboxClock(2 * TIME_SCALE, time.time())) as running:
        yield running


@contextmanager
def _speech(clock: SandboxClock) -> Iterator[Speech]:
    loop, voices = LoopThread(), Voices()
    records, openai, google = Records(clock), OpenAIConditions(), GoogleConditions()
    recogniser = GoogleSpeech(voices, google, clock, records)
    app = web.AppRunner(build_app(voices, openai, clock, records), shutdown_timeout=0.1)

    async def start() -> tuple[int, int]:
        await app.setup()
        await web.TCPSite(app, "127.0.0.1", 0).start()
        return app.addresses[0][1], await recogniser.start()

    async def stop() -> None:
        await app.cleanup()
        await recogniser.stop()

    openai_port, google_port = loop.run(start())
    environment = {
        "openai_base_url": f"http://127.0.0.1:{openai_port}/v1",
        "google_speech_endpoint": f"http://127.0.0.1:{google_port}",
        "floyd_time_scale": clock.scale,
        "floyd_time_origin": clock.origin,
    }
    try:
        yield Speech(openai, google, records, loop, voices, environment)
    finally:
        loop.run(stop())
        loop.stop()
        voices.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Twilio's stand-in with its phone network."""
    with running_sandbox() as running:
        yield running


@pytest.fixture
def twilio_settings(settings: Settings, sandbox: Sandbox) -> Settings:
    """Settings that lead to Twilio's stand-in."""
    clock = sandbox.world.clock
    changes = {
        "twilio_account_sid": ACCOUNT_SID,
        "twilio_auth_token": type(settings.twilio_auth_token)(AUTH_TOKEN),
        "twilio_phone_number": sandbox.number,
        "twilio_api_url": sandbox.api_url,
        "floyd_time_scale": clock.scale,
        "floyd_time_origin": clock.origin,
    }
    return settings.model_copy(update=changes)


@pytest.fixture
def speech_settings(settings: Settings, speech: Speech) -> Settings:
    """Settings that lead to Google's and OpenAI's stand-ins."""
    return settings.model_copy(update=speech.environment)


@pytest.fixture
def quick_settings(settings: Settings, quick_speech: Speech) -> Settings:
    """Settings that lead to them where time passes quickly."""
    return settings.model_copy(update=quick_speech.environment)
