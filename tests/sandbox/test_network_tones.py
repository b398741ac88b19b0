import numpy as np
import pytest

from floyd.sandbox.network import tones
from floyd.sandbox.sound.mulaw import decode


def strongest_hz(mulaw: bytes, count: int) -> list[int]:
    """The strongest frequencies, to 10 Hz."""
    samples = decode(mulaw).astype(float)
    spectrum = np.abs(np.fft.rfft(samples, 800))
    return sorted(int(index) * 10 for index in np.argsort(spectrum)[-count:])


@pytest.mark.parametrize(("key", "row_hz", "column_hz"), [("1", 697, 1209), ("#", 941, 1477)])
def test_a_key_sounds_two_tones(key: str, row_hz: int, column_hz: int) -> None:
    low, high = strongest_hz(tones.keys(key)[:800], 2)
    assert abs(low - row_hz) <= 10
    assert abs(high - column_hz) <= 10


def test_waiting_is_silent() -> None:
    assert tones.keys("w") == b"\xff" * 4000


def test_the_beep_is_one_tone() -> None:
    assert strongest_hz(tones.beep()[:800], 1) == [tones.BEEP_HZ]
