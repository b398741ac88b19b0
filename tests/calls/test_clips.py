"""Floyd's standing phrases: voiced once, kept, and there when a call comes."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from redis import Redis

from floyd.calls import clips, phrases
from floyd.errors import VoiceError
from floyd.services.voice.protocol import Spoken
from floyd.settings import Settings


class Voice:
    """Reads everything rightly, but for what it is told to fail at."""

    def __init__(self, fails_at: str | None = None) -> None:
        self.read: list[str] = []
        self.opened = 0
        self._fails_at = fails_at

    async def open(self) -> "Voice":
        self.opened += 1
        return self

    async def speak(self, text: str) -> AsyncGenerator[Spoken]:
        if text == self._fails_at:
            raise VoiceError("scripted")
        self.read.append(text)
        await asyncio.sleep(0)
        yield Spoken(text.encode(), text)

    def warm_up(self) -> None: ...

    async def close(self) -> None: ...


def keep(settings: Settings, redis: Redis, *voices: Voice) -> None:
    async def all_at_once() -> None:
        await asyncio.gather(*(clips.keep_phrases(settings, redis, voice) for voice in voices))

    asyncio.run(all_at_once())


def test_every_standing_phrase_is_there_for_a_call_once_it_was_kept(
    settings: Settings, redis: Redis
) -> None:
    keep(settings, redis, Voice())
    ready = clips.fetch(settings, redis, "a" * 32)
    assert ready == {text: text.encode() for text in phrases.KEPT}


def test_the_greetings_are_voiced_first(settings: Settings, redis: Redis) -> None:
    voice = Voice()
    keep(settings, redis, voice)
    assert voice.read[:2] == [phrases.DESK_GREETING, phrases.RETURN_GREETING]


def test_what_is_kept_is_not_voiced_again_but_kept_for_longer(
    settings: Settings, redis: Redis
) -> None:
    keep(settings, redis, Voice())
    for key in redis.scan_iter("phrase:*"):
        redis.expire(key, 5)
    second = Voice()
    keep(settings, redis, second)
    assert second.opened == 0
    assert all(redis.ttl(key) > 86_400 for key in redis.scan_iter("phrase:*"))


def test_several_processes_may_keep_phrases_at_once(settings: Settings, redis: Redis) -> None:
    keep(settings, redis, Voice(), Voice(), Voice())
    assert len(clips.fetch(settings, redis, "a" * 32)) == len(phrases.KEPT)


def test_a_phrase_that_cannot_be_voiced_keeps_no_other_from_it(
    settings: Settings, redis: Redis
) -> None:
    with pytest.raises(VoiceError):
        keep(settings, redis, Voice(fails_at=phrases.WHOSE_CALL))
    ready = clips.fetch(settings, redis, "a" * 32)
    assert set(phrases.KEPT) - set(ready) == {phrases.WHOSE_CALL}


def test_another_voice_keeps_phrases_of_its_own(settings: Settings, redis: Redis) -> None:
    keep(settings, redis, Voice())
    other = settings.model_copy(update={"floyd_voice_name": "another"})
    assert clips.fetch(other, redis, "a" * 32) == {}
