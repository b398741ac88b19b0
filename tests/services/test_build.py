"""What is built from the settings."""

import asyncio

import pytest
from pydantic import SecretStr

from floyd.services import build
from floyd.services.model.openai_chat import OpenAIThinker
from floyd.services.telephony.twilio import TwilioTelephony
from floyd.services.voice.openai_realtime import RealtimeVoice
from floyd.services.voice.openai_speech import SpeechEndpointVoice
from floyd.settings import Settings

REAL = {
    "twilio_api_url": "https://api.twilio.com",
    "openai_base_url": "https://api.openai.com/v1",
    "google_speech_endpoint": "",
}


def test_jobs_get_what_they_work_with(settings: Settings) -> None:
    services = build.for_jobs(settings)
    assert isinstance(services.telephony, TwilioTelephony)
    assert isinstance(services.thinker, OpenAIThinker)
    assert services.redis.ping()
    services.redis.close()


@pytest.mark.parametrize(
    ("name", "kind"), [("openai", RealtimeVoice), ("openai-speech", SpeechEndpointVoice)]
)
def test_the_voice_is_the_one_in_the_settings(
    settings: Settings, name: str, kind: type[object]
) -> None:
    services = build.for_calls(settings.model_copy(update={"floyd_voice": name}))
    assert isinstance(services.voice, kind)
    asyncio.run(services.close())
    services.redis.close()


def test_stand_ins_are_announced_by_name(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in = {"google_places_url": "http://127.0.0.1:9"}
    build.for_jobs(settings.model_copy(update=stand_in)).redis.close()
    named = {record.getMessage().split()[0] for record in caplog.records}
    assert named >= {
        "TWILIO_API_URL",
        "OPENAI_BASE_URL",
        "GOOGLE_SPEECH_ENDPOINT",
        "GOOGLE_PLACES_URL",
    }


def test_the_real_services_need_no_word(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    secret = {"openai_api_key": SecretStr("sk-test")}
    build.for_jobs(settings.model_copy(update=REAL | secret)).redis.close()
    assert caplog.records == []
