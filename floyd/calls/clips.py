"""What Floyd says first: voiced while it rings, left in Redis for whoever gets the call.

Introduction and first line belong to one attempt and expire with it; Floyd's own standing phrases
are voiced once and kept. Whatever is missing is made anew when it is needed.
"""

import asyncio
import hashlib
import logging
from typing import cast

from redis import Redis
from redis.exceptions import RedisError

from floyd.calls import brief, phrases
from floyd.calls.reading_aloud import read_aloud
from floyd.errors import VoiceError
from floyd.services.voice.protocol import Speaking, Voice
from floyd.settings import Settings

log = logging.getLogger(__name__)

_OPENING_KEPT_S = 600
_PHRASE_KEPT_S = 7 * 86_400

Clips = dict[str, bytes]
"""Speech by its text, 8 kHz mono mu-law."""


def prepare(settings: Settings, redis: Redis, voice: Voice, attempt: str) -> None:
    """Voice what a call begins with; what cannot be voiced now is made anew in the call."""
    try:
        asyncio.run(_prepare(settings, redis, voice, attempt))
    except VoiceError as error:
        log.warning("no opening was prepared: %s", error)


def fetch(settings: Settings, redis: Redis, attempt: str) -> Clips:
    """Return the clips that are ready for a call; none when Redis cannot be reached."""
    try:
        opening = cast(dict[bytes, bytes], redis.hgetall(_opening_key(attempt)))
        keys = [_phrase_key(settings, text) for text in phrases.KEPT]
        kept = cast(list[bytes | None], redis.mget(keys))
    except RedisError as error:
        log.warning("no clips for a call: %s", type(error).__name__)
        return {}
    clips = {text.decode(): sound for text, sound in opening.items()}
    clips.update({text: sound for text, sound in zip(phrases.KEPT, kept, strict=True) if sound})
    return clips


async def _prepare(settings: Settings, redis: Redis, voice: Voice, attempt: str) -> None:
    call = brief.load(attempt, settings.clock.now())
    speaking = await voice.open()
    try:
        for text in (call.introduction, call.first_line):
            redis.hset(_opening_key(attempt), text, await read_aloud(speaking, text))
            redis.expire(_opening_key(attempt), _OPENING_KEPT_S)
        await _keep_phrases(settings, redis, speaking)
    finally:
        await speaking.close()


async def _keep_phrases(settings: Settings, redis: Redis, speaking: Speaking) -> None:
    for text in phrases.KEPT:
        key = _phrase_key(settings, text)
        if not redis.exists(key):
            redis.set(key, await read_aloud(speaking, text), ex=_PHRASE_KEPT_S)


def _opening_key(attempt: str) -> str:
    return f"opening:{attempt}"


def _phrase_key(settings: Settings, text: str) -> str:
    """One clip a voice and a text."""
    voice = (settings.floyd_voice, settings.floyd_voice_model, settings.floyd_voice_name)
    digest = hashlib.sha256("\0".join((*voice, text)).encode()).hexdigest()
    return f"phrase:{digest}"
