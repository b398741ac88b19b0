"""Every clip that was spoken lately, to be found again by a few milliseconds of its sound."""

from __future__ import annotations

from collections import OrderedDict

from floyd.sandbox.sound import mulaw
from floyd.sandbox.sound.clip import SAMPLE_RATE_HZ, Clip
from floyd.sandbox.sound.correlation import Floats, RecentSound

WINDOW = 64
_STRIDE = 80
_REMEMBERED_BYTES = 3600 * SAMPLE_RATE_HZ


class ClipLibrary:
    """An index of the last hour of clips by exact windows, of the last minute by likeness.

    Clips count as recent when they were spoken or heard.
    """

    def __init__(self) -> None:
        self._clips: OrderedDict[Clip, None] = OrderedDict()
        self._windows: dict[bytes, list[tuple[Clip, int]]] = {}
        self._bytes = 0
        self._recent: RecentSound | None = None

    def add(self, clip: Clip) -> None:
        """Makes the clip known, or recent again."""
        if clip not in self._clips:
            for offset, window in _windows(clip):
                self._windows.setdefault(window, []).append((clip, offset))
            self._bytes += len(clip.mulaw)
        self.touch(clip)
        while self._bytes > _REMEMBERED_BYTES and len(self._clips) > 1:
            self._forget(next(iter(self._clips)))

    def touch(self, clip: Clip) -> None:
        """Makes a known clip the most recent."""
        self._clips[clip] = None
        self._clips.move_to_end(clip)
        self._recent = None

    def find(self, stream: bytes, start: int) -> tuple[int, list[tuple[Clip, int]]] | None:
        """Looks for the first known window at or after `start`.

        Returns:
            Its offset in `stream`, and where it occurs: clips and offsets in them, oldest first.
        """
        known = self._windows.get
        for offset in range(start, len(stream) - WINDOW + 1):
            places = known(stream[offset : offset + WINDOW])
            if places is not None:
                return offset, places
        return None

    def find_like(self, samples: Floats) -> tuple[Clip, int] | None:
        """Looks for the recent clip, and the offset in it, that sounds like these samples."""
        if self._recent is None:
            self._recent = RecentSound(list(self._clips))
        return self._recent.find(samples)

    def _forget(self, clip: Clip) -> None:
        del self._clips[clip]
        self._bytes -= len(clip.mulaw)
        for _, window in _windows(clip):
            places = [place for place in self._windows.get(window, []) if place[0] is not clip]
            if places:
                self._windows[window] = places
            else:
                self._windows.pop(window, None)


def _windows(clip: Clip) -> list[tuple[int, bytes]]:
    """The clip's windows that hold sound (silence is alike everywhere)."""
    windows = (
        (offset, clip.mulaw[offset : offset + WINDOW])
        for offset in range(0, len(clip.mulaw) - WINDOW + 1, _STRIDE)
    )
    return [
        (offset, window) for offset, window in windows if mulaw.loud_bytes(window) > WINDOW // 4
    ]
