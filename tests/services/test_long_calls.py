"""Calls that last longer than any of Google's streams, and losses in the middle of them."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import aclosing, suppress

import pytest

from floyd.services.transcriber.protocol import Listening
from floyd.services.transcriber.relay import StreamLife
from floyd.settings import Settings
from tests.services.conftest import Speech
from tests.services.phone_line import BYTES_PER_S, GOOGLES, listen, plain, play

SAID = (
    "Maple School, good morning, how can I help you?",
    "Her class is three B, and her teacher is Mrs Wong.",
    "Please hold the line while I look that up for you.",
    "Seven of them are left, the blue ones are sold out.",
    "We close at half past five on Fridays.",
    "No.",
    "That would be forty two dollars and ninety cents.",
)
# A telephone sends fifty a second: too many where a minute takes a second.
FRAME_BYTES = BYTES_PER_S // 10
GOOGLES_LIMIT_S = 305.0
A_TENTH = StreamLife(StreamLife.in_pause_s / 10, StreamLife.at_most_s / 10)


def silence(seconds: float) -> bytes:
    return b"\xff" * round(seconds * BYTES_PER_S)


def conversation(speech: Speech, minutes: float, longest_pause_s: float) -> tuple[str, bytes]:
    """Speech with pauses in between, for so long; its words, its sound."""
    chance = random.Random(7)
    words, sound = [], bytearray()
    while len(sound) < minutes * 60 * BYTES_PER_S:
        text = chance.choice(SAID)
        words.append(plain(text))
        sound += speech.clip(text).mulaw + silence(chance.uniform(0.05, longest_pause_s))
    return " ".join(words), bytes(sound + silence(5))


async def nothing(_: list[str]) -> None: ...


def heard(
    settings: Settings,
    call: tuple[str, bytes],
    meanwhile: Callable[[list[str]], Coroutine[None, None, None]] = nothing,
    life: StreamLife = GOOGLES,
) -> str:
    """Play a call's sound, and return what became final of it.

    Args:
        settings: where the recogniser is.
        call: the words, how many of which are waited for, and their sound.
        meanwhile: happens while it is played; gets the words so far.
        life: of the recogniser's streams.
    """
    words, sound = call
    finals: list[str] = []
    now: list[str] = []

    async def read(listening: Listening) -> None:
        async with aclosing(listening.transcripts()) as transcripts:
            async for transcript in transcripts:
                now[:] = [*finals, plain(transcript.text)]
                if transcript.is_final:
                    finals.append(plain(transcript.text))

    async def scenario(listening: Listening) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(read(listening))
            group.create_task(meanwhile(now))
            await play(listening, settings, sound, FRAME_BYTES)
            with suppress(TimeoutError):
                async with settings.clock.timeout(60):
                    while len(" ".join(finals)) < len(words):
                        await settings.clock.sleep(0.2)
            await listening.close()

    listen(settings, scenario, life=life)
    return " ".join(finals)


def streams(speech: Speech) -> int:
    return len(speech.records.of("google.stream_started"))


def statuses(speech: Speech) -> list[str]:
    return [str(ended.fields["code"]) for ended in speech.records.of("google.stream_ended")]


def test_no_word_of_a_long_call_is_lost_or_doubled(
    speech_settings: Settings, speech: Speech
) -> None:
    """All times of Google's streams are a tenth of theirs: as if this lasted for 20 minutes."""
    speech.google.stream_limit_s = GOOGLES_LIMIT_S / 10
    call = conversation(speech, minutes=1.7, longest_pause_s=2.0)
    assert heard(speech_settings, call, life=A_TENTH) == call[0]
    assert streams(speech) >= 4


def test_no_word_is_lost_where_nobody_pauses(speech_settings: Settings, speech: Speech) -> None:
    """Without pauses Google's stand-in ends no utterance: there is no seam but between words."""
    speech.google.stream_limit_s = 60
    call = conversation(speech, minutes=0.9, longest_pause_s=0.2)
    assert heard(speech_settings, call, life=StreamLife(18, 30)) == call[0]
    assert streams(speech) >= 2


def test_a_stream_is_relieved_in_the_pause_before_googles_limit(
    quick_settings: Settings, quick_speech: Speech
) -> None:
    call = conversation(quick_speech, minutes=0.4, longest_pause_s=1.0)
    assert heard(quick_settings, (call[0], silence(170) + call[1])) == call[0]
    assert streams(quick_speech) == 2
    assert "OUT_OF_RANGE" not in statuses(quick_speech)


def test_words_at_googles_limit_are_not_lost_when_no_other_stream_is_to_be_had(
    speech_settings: Settings, speech: Speech
) -> None:
    call = conversation(speech, minutes=0.7, longest_pause_s=0.6)
    speech.google.stream_limit_s = 30

    async def refuse_relief(_: list[str]) -> None:
        await speech_settings.clock.sleep(10)
        speech.google.unavailable_next = 1000
        await speech_settings.clock.sleep(24)
        speech.google.unavailable_next = 0

    assert heard(speech_settings, call, refuse_relief, life=A_TENTH) == call[0]
    assert {"UNAVAILABLE", "OUT_OF_RANGE"} <= set(statuses(speech))


@pytest.mark.parametrize("dead_s", [4, 10])
def test_a_dead_network_costs_no_word(
    speech_settings: Settings, speech: Speech, dead_s: float
) -> None:
    call = conversation(speech, minutes=0.7, longest_pause_s=1.0)

    async def die_for_a_while(now: list[str]) -> None:
        while len(" ".join(now)) < 100:
            await speech_settings.clock.sleep(0.1)
        speech.google.network_dead = True
        await speech_settings.clock.sleep(dead_s)
        speech.google.network_dead = False

    assert heard(speech_settings, call, die_for_a_while) == call[0]


@pytest.mark.parametrize("fault", ["unavailable_next", "exhausted_next"])
def test_a_recogniser_that_refuses_at_first_costs_no_word(
    speech_settings: Settings, speech: Speech, fault: str
) -> None:
    setattr(speech.google, fault, 4)
    call = conversation(speech, minutes=0.2, longest_pause_s=1.0)
    assert heard(speech_settings, call) == call[0]
    assert streams(speech) == 1


def test_a_recogniser_that_breaks_again_and_again_costs_no_word(
    speech_settings: Settings, speech: Speech
) -> None:
    call = conversation(speech, minutes=0.5, longest_pause_s=1.0)

    async def break_now_and_then(now: list[str]) -> None:
        for _ in range(4):
            await speech_settings.clock.sleep(5)
            speech.google.unavailable = True
            await speech_settings.clock.sleep(1.5)
            speech.google.unavailable = False

    assert heard(speech_settings, call, break_now_and_then) == call[0]
    assert statuses(speech).count("UNAVAILABLE") >= 4
