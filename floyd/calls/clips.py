"""What Floyd has to say at once: voiced ahead, left in Redis for whoever gets the call.

Introduction and first line of a call of ours are voiced while it rings and expire with it; Floyd's
own standing phrases are voiced once and kept. Whatever is missing is made anew when it is needed.
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
from floyd.services.voice.protocol import Voice
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


async def keep_phrases(settings: Settings, redis: Redis, voice: Voice) -> None:
    """Voice the standing phrases that are not kept yet, and keep the others for longer.

    Several processes may do so at once: they keep the same. Nothing here blocks the loop.

    Raises:
        VoiceError: a phrase could not be voiced; the others were.
        RedisError: nothing can be kept.
    """
    missing = await asyncio.to_thread(_not_kept, settings, redis)
    if not missing:
        return
    failure: VoiceError | None = None
    speaking = await voice.open()
    try:
        for text in missing:
            try:
                sound = await read_aloud(speaking, text)
            except VoiceError as error:
                failure = error
                continue
            key = _phrase_key(settings, text)
            await asyncio.to_thread(redis.set, key, sound, ex=_PHRASE_KEPT_S)
    finally:
        await speaking.close()
    if failure:
        raise failure


async def _prepare(settings: Settings, redis: Redis, voice: Voice, attempt: str) -> None:
    role = brief.load(attempt, settings.clock.now()).role
    speaking = await voice.open()
    try:
        for text in filter(None, (role.introduction, role.first_line)):
            redis.hset(_opening_key(attempt), text, await read_aloud(speaking, text))
            redis.expire(_opening_key(attempt), _OPENING_KEPT_S)
    finally:
        await speaking.close()


def _not_kept(settings: Settings, redis: Redis) -> list[str]:
    """Return the phrases that must be voiced; those that are there are kept for longer."""
    with redis.pipeline(transaction=False) as pipeline:
        for text in phrases.KEPT:
            pipeline.expire(_phrase_key(settings, text), _PHRASE_KEPT_S)
        kept = pipeline.execute()
    return [text for text, is_kept in zip(phrases.KEPT, kept, strict=True) if not is_kept]


def _opening_key(attempt: str) -> str:
    return f"opening:{attempt}"


def _phrase_key(settings: Settings, text: str) -> str:
    """One clip a voice and a text."""
    voice = (settings.floyd_voice, settings.floyd_voice_model, settings.floyd_voice_name)
    digest = hashlib.sha256("\0".join((*voice, text)).encode()).hexdigest()
    return f"phrase:{digest}"
