"""Mu-law in, words out: recognises what the sandbox's own voices said, wherever it plays.

Audio usually arrives untouched, so windows of it are looked up exactly and then simply compared as
they come. Sound that is not known that way (resampled, other encoder, mild noise) is correlated
with what was spoken lately.
"""

from __future__ import annotations

import numpy as np

from floyd.sandbox.sound import mulaw
from floyd.sandbox.sound.clip import BYTES_PER_MS, Clip, HeardWord
from floyd.sandbox.sound.library import WINDOW, ClipLibrary
from floyd.sandbox.sound.likeness import AlteredSound
from floyd.sandbox.sound.play import Play

_HISTORY = 500 * BYTES_PER_MS


class Ears:
    """Listens to one stream; made by `Voices.ears`."""

    def __init__(self, library: ClipLibrary) -> None:
        self._library = library
        self._altered = AlteredSound(library)
        self._buffer = b""
        self._base = 0  # the stream offset of the buffer's first byte
        self._at = 0  # up to where the stream is dealt with
        self._plays: list[Play] = []  # all that agree with the stream; the first one is believed
        self._last: Play | None = None
        self._heard_to = 0  # where the last heard word ended

    @property
    def position_ms(self) -> int:
        """How much was fed."""
        return (self._base + len(self._buffer)) // BYTES_PER_MS

    @property
    def speaking(self) -> bool:
        """Whether the stream is now inside a known clip, between its first and its last word."""
        play = self._plays[0] if self._plays else self._altered.play
        return play is not None and play.is_speaking()

    def hear(self, mulaw_bytes: bytes) -> list[HeardWord]:
        """Takes the next bytes of the stream; returns the words that they completed, in order."""
        kept = self._buffer[-_HISTORY:]
        self._base += len(self._buffer) - len(kept)
        self._buffer = kept + mulaw_bytes
        heard: list[HeardWord] = []
        while self._plays or self._find():
            heard += self._follow()
            if self._at == self._base + len(self._buffer):
                break
        if self._plays:
            self._altered.forget()
        else:
            heard += self._hear_altered()
        return heard

    def _find(self) -> bool:
        """Looks for a known clip in what is not yet dealt with."""
        start = self._at - self._base
        if mulaw.loud_bytes(self._buffer[start:]) < WINDOW // 4:
            self._at = max(self._at, self._base + len(self._buffer) - WINDOW + 1)
            return False
        found = self._library.find(self._buffer, start)
        if found is None:
            self._at = max(self._at, self._base + len(self._buffer) - WINDOW + 1)
            return False
        offset, places = found
        self._plays = [self._play(offset, clip, at) for clip, at in reversed(places)]
        self._plays.sort(key=lambda play: play.clip is not (self._last and self._last.clip))
        self._at = self._base + offset
        self._library.touch(self._plays[0].clip)
        return True

    def _play(self, offset: int, clip: Clip, clip_offset: int) -> Play:
        """A sighting, followed back to where the stream begins to agree with the clip."""
        before = min(offset, clip_offset)
        same = _agreement(
            self._buffer[offset - before : offset][::-1],
            clip.mulaw[clip_offset - before : clip_offset][::-1],
        )
        at = self._base + offset
        play = Play(clip, at - clip_offset, min(at - same, self._altered.sound_from(at)))
        play.take_over(self._last)
        play.take_over(self._altered.play)
        return play

    def _follow(self) -> list[HeardWord]:
        """Compares the stream with the clips that may be playing, as far as both go."""
        new = self._buffer[self._at - self._base :]
        agreements = [
            _agreement(new, play.clip.mulaw[at : at + len(new)])
            for play in self._plays
            for at in [self._at - play.begins_at]
        ]
        longest = max(agreements)
        pairs = zip(self._plays, agreements, strict=True)
        self._plays = [play for play, agreed in pairs if agreed == longest]
        self._at += longest
        heard = self._words(self._plays[0])
        if longest < len(new):
            self._last = self._plays[0]
            self._plays = []
        return heard

    def _words(self, play: Play) -> list[HeardWord]:
        heard = play.words_up_to(self._at, after=self._heard_to)
        if heard:
            self._heard_to = heard[-1].end_ms * BYTES_PER_MS
        return heard

    def _hear_altered(self) -> list[HeardWord]:
        heard = self._altered.hear(self._buffer, self._base, self._last, self._heard_to)
        if heard:
            self._heard_to = heard[-1].end_ms * BYTES_PER_MS
        return heard


def _agreement(a: bytes, b: bytes) -> int:
    """How many first bytes of the two are the same."""
    length = min(len(a), len(b))
    if a[:length] == b[:length]:
        return length
    differing = np.frombuffer(a, np.uint8, length) != np.frombuffer(b, np.uint8, length)
    return int(np.argmax(differing))
