"""Mu-law (G.711) in and out of 16-bit samples; byte for byte what audioop gives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

SILENCE = 0xFF
_BIAS = 33  # G.711 counts in 14 bits
_CLIP = 8158
_SEGMENT_ENDS = np.array([0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF, 0x1FFF])


def _encoding_table() -> npt.NDArray[np.uint8]:
    """One mu-law byte for each 16-bit sample, taken as unsigned."""
    samples = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32) >> 2
    magnitude = np.minimum(np.abs(samples), _CLIP) + _BIAS
    segment = np.searchsorted(_SEGMENT_ENDS, magnitude)
    code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F)
    return np.asarray(code ^ np.where(samples < 0, 0x7F, 0xFF), np.uint8)


def _decoding_table() -> Samples:
    code = ~np.arange(256, dtype=np.uint8)
    segment = (code >> 4).astype(np.int32) & 0x07
    magnitude = ((((code & 0x0F).astype(np.int32) << 3) + 0x84) << segment) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


_ENCODED = _encoding_table()
_DECODED = _decoding_table()

# What a listener takes for silence: samples of a magnitude under 300 (some -40 dB).
_QUIET_BYTES = bytes(code for code in range(256) if abs(int(_DECODED[code])) < 300)


def encode(samples: Samples) -> bytes:
    """Turns 16-bit samples into mu-law bytes."""
    return _ENCODED[samples.view(np.uint16)].tobytes()


def decode(mulaw: bytes) -> Samples:
    """Turns mu-law bytes into 16-bit samples."""
    return _DECODED[np.frombuffer(mulaw, np.uint8)]


def loud_bytes(mulaw: bytes) -> int:
    """Counts the bytes that are not next to silence."""
    return len(mulaw.translate(None, _QUIET_BYTES))
