import asyncio
import random

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
