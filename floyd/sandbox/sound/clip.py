"""What a sandbox voice says, and what a sandbox ear hears of it."""

from __future__ import annotations

from dataclasses import dataclass

SAMPLE_RATE_HZ = 8000
BYTES_PER_MS = SAMPLE_RATE_HZ // 1000


@dataclass(frozen=True)
class SpokenWord:
    """A word as it is written (punctuation included) and where it sounds in its clip."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, eq=False)
class Clip:
    """One spoken text: 8 kHz mono mu-law, begun and ended by speech, not by silence."""

    text: str
    words: tuple[SpokenWord, ...]
    mulaw: bytes

    @property
    def duration_ms(self) -> int:
        """How long it sounds."""
        return len(self.mulaw) // BYTES_PER_MS


@dataclass(frozen=True)
class HeardWord:
    """A word that sounded in full, in the time of the stream it was heard in."""

    text: str
    start_ms: int
    end_ms: int
