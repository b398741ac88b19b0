import asyncio
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from floyd.sandbox.sound import Clip, UnknownVoiceError, Voices, mulaw

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop


@pytest.fixture
def voices() -> Iterator[Voices]:
    voices = Voices()
    yield voices
    voices.close()


def spoken(voices: Voices, text: str, voice: str = "en-us", rate: int = 175) -> Clip:
    return asyncio.run(voices.speak(text, voice, words_per_minute=rate))


def test_mulaw_is_encoded_and_decoded_as_audioop_does() -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    assert mulaw.encode(samples) == audioop.lin2ulaw(samples.tobytes(), 2)
    every_byte = bytes(range(256))
    assert mulaw.decode(every_byte).tobytes() == audioop.ulaw2lin(every_byte, 2)


def test_words_are_written_as_given_and_follow_each_other_through_the_clip(
    voices: Voices,
) -> None:
    text = "Café Zoë — it is one of the best, isn't it? Call 519-555-0123; it's $560!"
    clip = spoken(voices, text)
    assert [word.text for word in clip.words] == [w for w in text.split() if w != "—"]
    assert clip.words[0].start_ms == 0
    assert clip.words[-1].end_ms == pytest.approx(clip.duration_ms, abs=5)
    for word, following in zip(clip.words, clip.words[1:], strict=False):
        assert word.start_ms < word.end_ms <= following.start_ms


def test_a_pause_belongs_to_no_word(voices: Voices) -> None:
    clip = spoken(voices, "One moment. Thank you.")
    moment, thank = clip.words[1], clip.words[2]
    assert thank.start_ms - moment.end_ms > 150
    pause = clip.mulaw[moment.end_ms * 8 + 40 : thank.start_ms * 8 - 40]
    assert mulaw.loud_bytes(pause) < len(pause) / 10


def test_a_clip_begins_and_ends_with_its_speech(voices: Voices) -> None:
    clip = spoken(voices, "Hello there.")
    assert mulaw.loud_bytes(clip.mulaw[:400]) > 0
    assert mulaw.loud_bytes(clip.mulaw[-400:]) > 0


@pytest.mark.parametrize("text", ["", " \n", "...", "\x00\x07"])
def test_what_has_no_words_is_an_empty_clip(voices: Voices, text: str) -> None:
    clip = spoken(voices, text)
    assert (clip.words, clip.mulaw) == ((), b"")


def test_a_text_sounds_the_same_whenever_it_is_said() -> None:
    first, second = Voices(), Voices()
    spoken(second, "Something else before it.")
    clips = [spoken(voices, "Hello there.").mulaw for voices in (first, second)]
    assert clips[0] == clips[1]
    first.close()
    second.close()


def test_voice_and_rate_change_the_sound(voices: Voices) -> None:
    plain = spoken(voices, "Hello there.")
    assert spoken(voices, "Hello there.", "en-us+f3").mulaw != plain.mulaw
    assert spoken(voices, "Hello there.", rate=120).duration_ms > plain.duration_ms * 1.2


def test_an_unknown_voice_is_refused(voices: Voices) -> None:
    with pytest.raises(UnknownVoiceError):
        spoken(voices, "Hello", "martian")


def test_a_cut_off_line_of_the_memory_is_passed_over(tmp_path: Path) -> None:
    memory = tmp_path / "spoken.jsonl"
    memory.write_text('["Hello.", "en-us", 175]\n["Good b', encoding="utf-8")
    voices = Voices(memory)
    clip = spoken(voices, "Hello.")
    assert voices.ears().hear(clip.mulaw)[0].text == "Hello."
    voices.close()
