import asyncio
import audioop
import random

import numpy as np
import pytest

from floyd.calls.audio import QUIET, SpeechDetector, seconds, without_leading_quiet
from floyd.calls.vocabulary import SpeechPaused, SpeechStarted
from floyd.sandbox.sound import Voices

SILENCE_1_S = b"\xff" * 8000


@pytest.fixture(scope="module")
def speech() -> bytes:
    async def say() -> bytes:
        return (await voices.speak("Maple School, good morning. How can I help you?")).mulaw

    voices = Voices()
    try:
        return asyncio.run(say())
    finally:
        voices.close()


@pytest.mark.parametrize("piece", [7, 160, 320, 4000])
def test_speech_is_timed_by_its_own_sound_however_it_is_cut(speech: bytes, piece: int) -> None:
    line, detector = SILENCE_1_S + speech + SILENCE_1_S, SpeechDetector()
    changes = [
        change
        for i in range(0, len(line), piece)
        for change in detector.hear(line[i : i + piece], i / 8000)
    ]
    assert isinstance(changes[0], SpeechStarted)
    assert isinstance(changes[-1], SpeechPaused)
    assert changes[0].at_s == pytest.approx(1.0, abs=0.05)
    assert changes[-1].at_s == pytest.approx(1.0 + seconds(speech), abs=0.05)


def test_sound_that_was_lost_on_the_way_does_not_shift_what_comes_after_it(speech: bytes) -> None:
    detector = SpeechDetector()
    detector.hear(SILENCE_1_S, 0.0)
    changes = detector.hear(speech, 5.0)
    assert changes[0].at_s == pytest.approx(5.0, abs=0.05)


def test_silence_and_faint_noise_are_no_speech() -> None:
    noise = bytes(random.Random(1).choice(QUIET) for _ in range(16_000))
    assert SpeechDetector().hear(SILENCE_1_S + noise, 0.0) == []


def test_a_click_is_no_speech() -> None:
    click = b"\x80" * 200
    assert SpeechDetector().hear(SILENCE_1_S + click + SILENCE_1_S, 0.0) == []


def test_leading_quiet_is_taken_off_and_nothing_else(speech: bytes) -> None:
    sounding = without_leading_quiet(speech)
    assert without_leading_quiet(SILENCE_1_S + speech) == sounding
    assert speech.endswith(sounding)
    assert len(speech) - len(sounding) < 800


Samples = np.typing.NDArray[np.float64]


def hiss(loudness: float, lasting_s: float) -> Samples:
    return np.random.default_rng(1).normal(0, loudness, round(lasting_s * 8000))


def hum(loudness: float, lasting_s: float) -> Samples:
    moments = np.arange(round(lasting_s * 8000)) / 8000
    return loudness * (np.sin(754 * moments) + np.sin(1508 * moments) / 2)


def line_of(samples: Samples) -> bytes:
    return audioop.lin2ulaw(np.clip(samples, -32000, 32000).astype(np.int16).tobytes(), 2)


def changes_in(line: bytes) -> list[SpeechStarted | SpeechPaused]:
    detector = SpeechDetector()
    return [
        change
        for i in range(0, len(line), 160)
        for change in detector.hear(line[i : i + 160], i / 8000)
    ]


@pytest.mark.parametrize("noise", [hiss(180, 30), hiss(400, 30), hum(1500, 30)])
def test_what_sounds_all_the_time_is_soon_no_speech(noise: Samples) -> None:
    assert [change for change in changes_in(line_of(noise)) if change.at_s > 4.0] == []


@pytest.mark.parametrize("noise", [hiss(180, 12), hiss(400, 12), hum(500, 12)])
def test_speech_on_a_noisy_line_ends_with_its_own_last_sound(speech: bytes, noise: Samples) -> None:
    voice = np.frombuffer(audioop.ulaw2lin(speech, 2), np.int16).astype(np.float64)
    noise = noise.copy()
    noise[40_000 : 40_000 + len(voice)] += voice
    changes = [change for change in changes_in(line_of(noise)) if change.at_s > 4.0]
    assert changes[0].at_s == pytest.approx(5.0, abs=0.1)
    assert changes[-1].at_s == pytest.approx(5.0 + seconds(speech), abs=0.1)
