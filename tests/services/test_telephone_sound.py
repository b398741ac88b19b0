"""24 kHz PCM made fit for the telephone."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from floyd.services.voice.telephone_sound import TelephoneSound, audioop

SECOND = (np.sin(np.arange(24_000) * 2 * np.pi * 440 / 24_000) * 8_000).astype("<i2").tobytes()


def whole(pcm: bytes) -> bytes:
    return TelephoneSound().convert(pcm, last=True)


def test_a_second_stays_a_second_and_a_tone_that_tone() -> None:
    mulaw = whole(SECOND)
    assert len(mulaw) == 8_000
    heard = np.frombuffer(audioop.ulaw2lin(mulaw, 2), dtype="<i2")[200:-200].astype(float)
    meant = np.sin((np.arange(8_000)[200:-200]) * 2 * np.pi * 440 / 8_000) * 8_000
    noise = np.sqrt(np.mean((heard - meant) ** 2)) / np.sqrt(np.mean(meant**2))
    # Mu-law itself leaves about 38 dB.
    assert noise < 0.02


@given(st.lists(st.integers(0, len(SECOND)), max_size=20))
def test_it_does_not_matter_where_the_sound_is_cut(cuts: list[int]) -> None:
    sound, edges = TelephoneSound(), [0, *sorted(cuts), len(SECOND)]
    pieces = [sound.convert(SECOND[start:end]) for start, end in pairwise(edges)]
    assert b"".join([*pieces, sound.convert(b"", last=True)]) == whole(SECOND)


def test_the_first_sound_does_not_wait_for_the_last() -> None:
    sound = TelephoneSound()
    assert len(sound.convert(SECOND[:4_800])) > 400


def test_the_loudest_sound_does_not_overflow() -> None:
    square = np.repeat(np.array([32_767, -32_768] * 500, dtype="<i2"), 12).tobytes()
    heard = np.frombuffer(audioop.ulaw2lin(whole(square), 2), dtype="<i2")
    assert abs(int(heard[40:44].max())) > 20_000
    assert len(heard) == 4_000
