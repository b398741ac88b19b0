"""The last minute of clips, to be searched for a stretch of sound that resembles one of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from floyd.sandbox.sound import mulaw
from floyd.sandbox.sound.clip import SAMPLE_RATE_HZ, Clip

Floats = npt.NDArray[np.float32]

LONGEST_PROBE = 2048
_SEARCHED_BYTES = 60 * SAMPLE_RATE_HZ
_TRANSFORM = 16_384
_STEP = _TRANSFORM - LONGEST_PROBE
_ALIKE = 0.8


class RecentSound:
    """The most recent minute of clips, end to end, transformed once for all searches.

    A search is a normalised cross-correlation by overlapping blocks; it takes about 4 ms.

    Args:
        clips: All clips, oldest first.
    """

    def __init__(self, clips: Sequence[Clip]) -> None:
        self._starts: list[tuple[int, Clip]] = []
        sound = bytearray()
        for clip in reversed(clips):
            self._starts.append((len(sound), clip))
            sound += clip.mulaw
            if len(sound) > _SEARCHED_BYTES:
                break
        blocks = len(sound) // _STEP + 1
        samples = mulaw.decode(bytes(sound)).astype(np.float32)
        padded = np.zeros(blocks * _STEP + LONGEST_PROBE, np.float32)
        padded[: len(samples)] = samples
        overlapping = np.lib.stride_tricks.sliding_window_view(padded, _TRANSFORM)[::_STEP]
        self._spectra = np.fft.rfft(overlapping)
        self._energy = np.concatenate(([0.0], np.cumsum(padded.astype(np.float64) ** 2)))

    def find(self, probe: Floats) -> tuple[Clip, int] | None:
        """The clip, and the offset in it, that is most like the probe; None: nothing is alike."""
        count = len(probe)
        spectrum = np.conj(np.fft.rfft(probe, _TRANSFORM))
        correlation = np.fft.irfft(self._spectra * spectrum, _TRANSFORM)[:, :_STEP].ravel()
        energy = (self._energy[count:] - self._energy[:-count])[: len(correlation)]
        audible = np.maximum(energy, float(energy.max()) * 1e-3 + 1.0)
        likeness = correlation / np.sqrt(audible * float(probe @ probe))
        best = int(np.argmax(likeness))
        if likeness[best] < _ALIKE:
            return None
        start, clip = max((place for place in self._starts if place[0] <= best), key=_start)
        return clip, best - start


def _start(place: tuple[int, Clip]) -> int:
    return place[0]
