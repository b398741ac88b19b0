"""Builds the services from the settings; the one place that names their classes."""

import logging
from collections.abc import Callable

from floyd.clock import Clock
from floyd.services import LiveServices, Services
from floyd.services.directory.google_places import GooglePlaces
from floyd.services.directory.protocol import Directory, NoDirectory
from floyd.services.model.openai_chat import OpenAITalker, OpenAIThinker
from floyd.services.telephony.twilio import TwilioTelephony
from floyd.services.transcriber.google import GoogleTranscriber
from floyd.services.voice.openai_realtime import RealtimeVoice
from floyd.services.voice.openai_speech import SpeechEndpointVoice
from floyd.services.voice.protocol import Voice
from floyd.settings import Settings
from floyd.store import queue

log = logging.getLogger(__name__)

_VOICES: dict[str, Callable[[Settings, Clock], Voice]] = {
    "openai": RealtimeVoice,
    "openai-speech": SpeechEndpointVoice,
}


def for_jobs(settings: Settings) -> Services:
    """Return what jobs and webhooks work with; nothing connects before its first use."""
    _warn_of_stand_ins(settings)
    clock = settings.clock
    return Services(
        settings=settings,
        clock=clock,
        redis=queue.open_queue(settings.redis_url, clock),
        telephony=TwilioTelephony(settings, clock),
        thinker=OpenAIThinker(settings, clock),
        directory=directory(settings),
    )


def for_calls(settings: Settings) -> LiveServices:
    """Return what live calls work with; its clients are made on the loop, at their first use."""
    _warn_of_stand_ins(settings)
    clock = settings.clock
    return LiveServices(
        settings=settings,
        clock=clock,
        redis=queue.open_queue(settings.redis_url, clock),
        telephony=TwilioTelephony(settings, clock),
        talker=OpenAITalker(settings, clock),
        transcriber=GoogleTranscriber(settings, clock),
        voice=voice(settings),
    )


def directory(settings: Settings) -> Directory:
    """Return Google's directory, or one that knows nobody when there is no key to it."""
    if settings.google_places_api_key.get_secret_value():
        return GooglePlaces(settings, settings.clock)
    return NoDirectory()


def voice(settings: Settings) -> Voice:
    """Return the voice that the settings name; its client is made at its first use."""
    return _VOICES[settings.floyd_voice](settings, settings.clock)


def _warn_of_stand_ins(settings: Settings) -> None:
    """Say which services are not the real ones: plaintext is spoken to stand-ins only."""
    urls = {
        "TWILIO_API_URL": settings.twilio_api_url,
        "OPENAI_BASE_URL": settings.openai_base_url,
        "FLOYD_VOICE_BASE_URL": settings.floyd_voice_base_url,
        "GOOGLE_SPEECH_ENDPOINT": settings.google_speech_endpoint,
        "GOOGLE_PLACES_URL": settings.google_places_url,
    }
    for name, url in urls.items():
        if url.startswith("http://"):
            log.warning("%s is a stand-in", name)
