"""Tones of the telephone in mu-law: the keys and the beep of an answering machine."""

from functools import cache

import numpy as np

from floyd.sandbox.sound import SAMPLE_RATE_HZ
from floyd.sandbox.sound.mulaw import encode

KEY_MS = 100
KEY_PAUSE_MS = 100
WAIT_MS = 500
BEEP_HZ = 1000
BEEP_MS = 600
_AMPLITUDE = 8000
_ROWS_HZ = (697, 770, 852, 941)
_COLUMNS_HZ = (1209, 1336, 1477, 1633)
_KEYPAD = "123A456B789C*0#D"


@cache
def tone(frequencies_hz: tuple[int, ...], duration_ms: int) -> bytes:
    """The sum of some sines, as mu-law."""
    count = SAMPLE_RATE_HZ * duration_ms // 1000
    times = np.arange(count) / SAMPLE_RATE_HZ
    wave = sum(np.sin(2 * np.pi * hz * times) for hz in frequencies_hz)
    return encode((np.asarray(wave) * _AMPLITUDE / len(frequencies_hz)).astype(np.int16))


def beep() -> bytes:
    """What an answering machine sounds before it records."""
    return tone((BEEP_HZ,), BEEP_MS)


def silence(duration_ms: int) -> bytes:
    """Nothing, for a while."""
    return b"\xff" * (SAMPLE_RATE_HZ * duration_ms // 1000)


def keys(digits: str) -> bytes:
    """DTMF tones; `w` waits for half a second, as in Twilio's `<Play digits>`."""
    return b"".join(
        silence(WAIT_MS) if digit in "wW" else _key(digit) + silence(KEY_PAUSE_MS)
        for digit in digits
    )


def _key(digit: str) -> bytes:
    row, column = divmod(_KEYPAD.index(digit.upper()), 4)
    return tone((_ROWS_HZ[row], _COLUMNS_HZ[column]), KEY_MS)
