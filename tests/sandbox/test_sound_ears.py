import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soxr

from floyd.sandbox.sound import Clip, Ears, HeardWord, Voices, mulaw

SILENCE = bytes([mulaw.SILENCE])
FLOYD = "Hi, this is Floyd, an AI assistant calling for Ada Berg."
SECRETARY = "Maple School, good morning, how can I help you?"


@pytest.fixture
def voices() -> Iterator[Voices]:
    voices = Voices()
    yield voices
    voices.close()


def spoken(voices: Voices, text: str, voice: str = "en-us") -> Clip:
    return asyncio.run(voices.speak(text, voice))


def listen(ears: Ears, stream: bytes, chunk: int = 160) -> list[HeardWord]:
    chunks = (stream[at : at + chunk] for at in range(0, len(stream), chunk))
    return [word for part in chunks for word in ears.hear(part)]


def text_of(words: list[HeardWord]) -> str:
    return " ".join(word.text for word in words)


@pytest.mark.parametrize("chunk", [1, 77, 160, 320, 100_000])
@pytest.mark.parametrize("silence", [0, 1, 333, 16_001])
def test_a_clip_is_heard_at_any_offset_and_in_any_chunks(
    voices: Voices, chunk: int, silence: int
) -> None:
    clip = spoken(voices, FLOYD)
    heard = listen(voices.ears(), SILENCE * silence + clip.mulaw, chunk)
    assert text_of(heard) == FLOYD


def test_words_come_with_the_bytes_that_complete_them_in_stream_time(voices: Voices) -> None:
    clip = spoken(voices, FLOYD)
    ears = voices.ears()
    ears.hear(SILENCE * 8000)
    for at in range(0, len(clip.mulaw), 160):
        for word in ears.hear(clip.mulaw[at : at + 160]):
            assert ears.position_ms - 40 < word.end_ms <= ears.position_ms
    assert ears.position_ms == 1000 + clip.duration_ms


def test_speaking_spans_the_words_of_a_clip(voices: Voices) -> None:
    clip = spoken(voices, FLOYD)
    ears = voices.ears()
    assert not ears.speaking
    ears.hear(clip.mulaw[:4000])
    assert ears.speaking
    ears.hear(clip.mulaw[4000:] + SILENCE * 160)
    assert not ears.speaking


def test_a_word_cut_off_in_its_middle_is_not_heard(voices: Voices) -> None:
    clip = spoken(voices, FLOYD)
    cut = next(word for word in clip.words if word.text == "assistant")
    middle = (cut.start_ms + cut.end_ms) * 4
    heard = listen(voices.ears(), clip.mulaw[:middle] + SILENCE * 4000)
    assert text_of(heard) == "Hi, this is Floyd, an AI"


def test_a_clip_that_starts_in_its_middle_is_heard_from_its_first_whole_word(
    voices: Voices,
) -> None:
    clip = spoken(voices, FLOYD)
    cut = next(word for word in clip.words if word.text == "assistant")
    middle = (cut.start_ms + cut.end_ms) * 4
    heard = listen(voices.ears(), SILENCE * 999 + clip.mulaw[middle:])
    assert text_of(heard) == "calling for Ada Berg."


def test_clips_that_begin_alike_are_told_apart_where_they_part(voices: Voices) -> None:
    texts = ["Yes, it is. Thank you.", "Yes, it is. Good bye.", "Yes, it is."]
    clips = [spoken(voices, text) for text in texts]
    for text, clip in zip(texts, clips, strict=True):
        assert text_of(listen(voices.ears(), clip.mulaw + SILENCE * 800)) == text


def test_the_same_clip_twice_in_a_row_is_heard_twice(voices: Voices) -> None:
    clip = spoken(voices, "Hello?")
    assert text_of(listen(voices.ears(), clip.mulaw + clip.mulaw)) == "Hello? Hello?"


def test_two_streams_do_not_mix(voices: Voices) -> None:
    floyd, secretary = spoken(voices, FLOYD), spoken(voices, SECRETARY, "en-us+f3")
    ears = [voices.ears(), voices.ears()]
    heard: list[list[HeardWord]] = [[], []]
    for at in range(0, max(len(floyd.mulaw), len(secretary.mulaw)), 160):
        heard[0] += ears[0].hear(floyd.mulaw[at : at + 160])
        heard[1] += ears[1].hear(secretary.mulaw[at : at + 160])
    assert [text_of(words) for words in heard] == [FLOYD, SECRETARY]


@pytest.mark.parametrize("fault", ["lost", "doubled"])
def test_a_lost_or_doubled_frame_neither_loses_nor_doubles_a_word(
    voices: Voices, fault: str
) -> None:
    clip = spoken(voices, FLOYD)
    frames = [clip.mulaw[at : at + 160] for at in range(0, len(clip.mulaw), 160)]
    for index in (100, 60, 20):
        if fault == "lost":
            del frames[index]
        else:
            frames.insert(index, frames[index])
    assert text_of(listen(voices.ears(), b"".join(frames))) == FLOYD


def noise(samples: int, amplitude: float) -> mulaw.Samples:
    generator = np.random.default_rng(7)
    return (generator.standard_normal(samples) * amplitude).astype(np.int16)


def resampled(samples: mulaw.Samples) -> mulaw.Samples:
    wide = soxr.resample(samples, 8000, 24000, quality="LQ")
    narrow: mulaw.Samples = soxr.resample(wide, 24000, 8000, quality="MQ")
    return narrow


@pytest.mark.parametrize("sound", ["noise", "tone", "music"])
def test_sound_that_no_voice_made_gives_no_words(voices: Voices, sound: str) -> None:
    spoken(voices, FLOYD)
    seconds = np.arange(8000 * 4) / 8000
    samples = {
        "noise": noise(len(seconds), 4000),
        "tone": np.sin(2 * np.pi * 440 * seconds) * 8000,
        "music": sum(np.sin(2 * np.pi * hz * seconds) for hz in (262, 330, 392)) * 3000,
    }[sound]
    ears = voices.ears()
    assert listen(ears, mulaw.encode(np.asarray(samples, dtype=np.int16))) == []
    assert not ears.speaking


@pytest.mark.parametrize("alteration", ["resampled", "noisy", "quieter"])
def test_altered_audio_is_still_heard(voices: Voices, alteration: str) -> None:
    spoken(voices, SECRETARY)
    samples = mulaw.decode(spoken(voices, FLOYD).mulaw)
    altered = {
        "resampled": resampled(samples),
        "noisy": samples // 2 + noise(len(samples), 300),
        "quieter": samples // 2,
    }[alteration].astype(np.int16)
    stream = SILENCE * 5000 + mulaw.encode(altered) + SILENCE * 3000
    assert text_of(listen(voices.ears(), stream)) == FLOYD


def test_the_wide_speech_is_heard_after_resampling(voices: Voices) -> None:
    pcm = np.frombuffer(asyncio.run(voices.speak_pcm24k(FLOYD)), np.int16)
    narrow = soxr.resample(pcm, 24000, 8000, quality="HQ")
    stream = SILENCE * 1234 + mulaw.encode(narrow) + SILENCE * 1600
    assert text_of(listen(voices.ears(), stream)) == FLOYD


def test_a_restarted_sandbox_knows_what_it_said_before(tmp_path: Path) -> None:
    memory = tmp_path / "spoken.jsonl"
    before, other = Voices(memory), Voices()
    clip = spoken(before, FLOYD)
    spoken(before, SECRETARY)
    before.close()
    other.close()
    after = Voices(memory)
    assert text_of(listen(after.ears(), clip.mulaw)) == FLOYD
    assert text_of(listen(other.ears(), clip.mulaw)) == ""
    after.close()


def test_a_random_cut_never_invents_or_reorders_words(voices: Voices) -> None:
    clip = spoken(voices, FLOYD)
    generator = random.Random(3)
    for _ in range(20):
        start, end = sorted(generator.sample(range(len(clip.mulaw)), 2))
        heard = text_of(listen(voices.ears(), SILENCE * 50 + clip.mulaw[start:end] + SILENCE * 900))
        assert heard in FLOYD
