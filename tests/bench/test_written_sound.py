"""Sound that carries its words: whoever hears it can say which reply it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.written_sound import FRAME_BYTES, Reader, duration_s, sound_of
from floyd.calls.audio import without_leading_quiet
from floyd.sandbox.sound.mulaw import loud_bytes


@given(texts=st.lists(st.text(max_size=60), max_size=4), cut=st.integers(1, 700))
def test_the_words_are_read_however_the_sound_is_cut(texts: list[str], cut: int) -> None:
    sound = b"".join(sound_of(text) for text in texts)
    reader = Reader()
    read = [text for at in range(0, len(sound), cut) for text in reader.feed(sound[at : at + cut])]
    assert read == texts


def test_sound_is_loud_throughout_so_that_nothing_strips_it() -> None:
    sound = sound_of("All right then,")
    assert loud_bytes(sound) == len(sound)
    assert without_leading_quiet(sound) == sound


def test_sound_lasts_as_long_as_speech_in_whole_frames() -> None:
    text = "I noted fresh bread for order 42."
    sound = sound_of(text)
    assert len(sound) % FRAME_BYTES == 0
    assert len(sound) / 8000 == pytest.approx(duration_s(text), abs=0.02)


def test_words_are_found_behind_the_rest_of_a_clip_that_was_cut_off() -> None:
    reader = Reader()
    reader.feed(sound_of("All right then,")[:1000])
    assert reader.feed(sound_of("One moment, please.")) == ["One moment, please."]
