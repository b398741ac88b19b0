"""Sound that no window knows, in; the words of the recent clip that it resembles, out."""

from __future__ import annotations

import numpy as np

from floyd.sandbox.sound import mulaw
from floyd.sandbox.sound.clip import BYTES_PER_MS, HeardWord
from floyd.sandbox.sound.correlation import Floats
from floyd.sandbox.sound.library import ClipLibrary
from floyd.sandbox.sound.play import Play

_BLOCK = 100 * BYTES_PER_MS
_SOUGHT_BLOCKS = 2
# A search costs milliseconds: sound that stays unknown (music, noise) is tried ever more seldom.
_MOST_PATIENT_BLOCKS = 20
_QUIET_RMS = 300.0
_STILL_ALIKE = 0.65
_MOST_DOUBTFUL_BLOCKS = 1
_FEW_SAMPLES = 25 * BYTES_PER_MS


class AlteredSound:
    """Follows one stream in blocks of 100 ms while nothing is known exactly."""

    def __init__(self, library: ClipLibrary) -> None:
        self._library = library
        self.play: Play | None = None
        self._doubtful_blocks = 0
        self._at = 0  # the stream offset of the next block
        self._sound_from: int | None = None
        self._unknown_blocks = 0
        self._search_at_block = _SOUGHT_BLOCKS

    def forget(self) -> None:
        """The stream is known exactly: what was unknown before does not matter any more."""
        self.play = None
        self._at = 0
        self._start_afresh()

    def sound_from(self, at: int) -> int:
        """Where the sound that goes on unknown until `at` began."""
        return at if self._sound_from is None else self._sound_from - _BLOCK

    def hear(self, buffer: bytes, base: int, previous: Play | None, after: int) -> list[HeardWord]:
        """Takes up the whole blocks that were not taken yet.

        Args:
            buffer: The last part of the stream.
            base: The stream offset at which it begins.
            previous: What was last heard exactly.
            after: Only words that end after this offset are new.
        """
        end = base + len(buffer)
        heard: list[HeardWord] = []
        if not base <= self._at <= end:
            self._at = max(base, end - _BLOCK)
        while self._at + _BLOCK <= end:
            self._at += _BLOCK
            block = _samples(buffer, self._at - _BLOCK - base, self._at - base)
            if self.play is None:
                self._seek(block, buffer, base, previous)
            else:
                self._check(self.play, block)
            if self.play is not None and not self._doubtful_blocks:
                heard += self.play.words_up_to(self._at, after)
        return heard

    def _check(self, play: Play, block: Floats) -> None:
        """One doubtful block may be a weak sound under noise; a second one ends the play."""
        likeness = _likeness(play, self._at, block)
        if likeness is None:
            return
        self._doubtful_blocks = 0 if likeness > _STILL_ALIKE else self._doubtful_blocks + 1
        if self._doubtful_blocks > _MOST_DOUBTFUL_BLOCKS:
            self.play = None
            self._start_afresh()

    def _start_afresh(self) -> None:
        self._doubtful_blocks = 0
        self._sound_from = None
        self._unknown_blocks = 0
        self._search_at_block = _SOUGHT_BLOCKS

    def _seek(self, block: Floats, buffer: bytes, base: int, previous: Play | None) -> None:
        if _loudness(block) < _QUIET_RMS:
            self._start_afresh()
            return
        if self._sound_from is None:
            self._sound_from = self._at - _BLOCK
        self._unknown_blocks += 1
        if self._unknown_blocks < self._search_at_block:
            return
        self._search_at_block += min(self._unknown_blocks, _MOST_PATIENT_BLOCKS)
        start = self._at - _SOUGHT_BLOCKS * _BLOCK
        found = self._library.find_like(_samples(buffer, max(0, start - base), self._at - base))
        if found is None:
            return
        clip, offset = found
        self._library.touch(clip)
        # Sound without a break before the match belongs to it.
        self.play = Play(clip, start - offset, min(start, self._sound_from - _BLOCK))
        self.play.take_over(previous)


def _likeness(play: Play, at: int, block: Floats) -> float | None:
    """How much the stream's block before `at` sounds like the clip: up to 1; None: cannot tell."""
    begin = at - len(block) - play.begins_at
    expected = mulaw.decode(play.clip.mulaw[max(0, begin) : begin + len(block)]).astype(np.float32)
    if len(expected) == 0:
        return 0.0
    heard = block[: len(expected)]
    if len(expected) < _FEW_SAMPLES or _loudness(expected) < _QUIET_RMS:
        return None if _loudness(heard) < 3 * _QUIET_RMS else 0.0
    energy = float(np.sqrt((expected @ expected) * (heard @ heard))) + 1.0
    return float(expected @ heard) / energy


def _samples(buffer: bytes, start: int, end: int) -> Floats:
    return mulaw.decode(buffer[start:end]).astype(np.float32)


def _loudness(samples: Floats) -> float:
    return float(np.sqrt(np.mean(samples * samples))) if len(samples) else 0.0
