"""Sound in, speech activity out; and what mu-law bytes are quiet."""

import audioop
from collections import deque

import webrtcvad

from floyd.calls.media_stream import SAMPLE_RATE_HZ
from floyd.calls.vocabulary import SpeechPaused, SpeechStarted

FRAME_MS = 20
_FRAME_BYTES = SAMPLE_RATE_HZ * FRAME_MS // 1000
# webrtcvad's modes go from 0 (takes much for speech) to 3 (takes little).
_MODE = 2
_STARTS_AFTER_FRAMES = 3
_PAUSES_AFTER_FRAMES = 4
_QUIET_BELOW = 160
# webrtcvad goes on saying "speech" for 100 ms after its end; a frame below this level (root mean
# square of 16-bit samples) is none, whatever it says.
_FAINT_BELOW = 100
# Speech stands out from what sounds all the time; the gaps between syllables show how loud that is.
_ABOVE_NOISE = 1.6
_BLOCK_FRAMES = 25
_BLOCKS = 5
_BLOCKS_AT_LEAST = 2

QUIET = bytes(
    code
    for code in range(256)
    if abs(int.from_bytes(audioop.ulaw2lin(bytes([code]), 2), "little", signed=True)) < _QUIET_BELOW
)
"""The mu-law codes of samples that nobody hears."""


def seconds(mulaw: bytes) -> float:
    """Return how long audio lasts."""
    return len(mulaw) / SAMPLE_RATE_HZ


def without_leading_quiet(mulaw: bytes) -> bytes:
    """Return audio from its first audible sample on."""
    return mulaw.lstrip(QUIET)


class NoiseFloor:
    """How loud a line is when nobody speaks: the faintest frame of the last two or three seconds.

    A hiss or a hum sounds in every frame; speech leaves gaps.
    """

    def __init__(self) -> None:
        self._blocks: deque[float] = deque(maxlen=_BLOCKS)
        self._faintest = float("inf")
        self._frames = 0

    def hear(self, loudness: float) -> float:
        """Take in the next frame's loudness and return that of the noise."""
        self._faintest = min(self._faintest, loudness)
        self._frames += 1
        if self._frames == _BLOCK_FRAMES:
            self._blocks.append(self._faintest)
            self._faintest, self._frames = float("inf"), 0
        return min(self._blocks) if len(self._blocks) >= _BLOCKS_AT_LEAST else 0.0


class SpeechDetector:
    """Tells when the callee begins and ceases to make speech-like sound.

    One stretch of speech needs 60 ms of it to begin, and 80 ms without to be paused; the times
    given are those of the first and the last such sound itself, in seconds of the stream. They
    follow the phone company's own time stamps: sound that was lost on the way leaves a gap.
    """

    def __init__(self) -> None:
        self._vad = webrtcvad.Vad(_MODE)
        self._noise = NoiseFloor()
        self._rest = b""
        self._at_s = 0.0
        self._voiced = 0
        self._unvoiced = 0
        self._speaking = False

    def hear(self, mulaw: bytes, at_s: float) -> list[SpeechStarted | SpeechPaused]:
        """Return what further audio changes; `at_s` is when its first sample was spoken."""
        self._at_s = at_s - seconds(self._rest)
        self._rest += mulaw
        changes = []
        while len(self._rest) >= _FRAME_BYTES:
            frame, self._rest = self._rest[:_FRAME_BYTES], self._rest[_FRAME_BYTES:]
            self._at_s += FRAME_MS / 1000
            change = self._frame(self._is_speech(audioop.ulaw2lin(frame, 2)))
            if change:
                changes.append(change)
        return changes

    def _is_speech(self, pcm: bytes) -> bool:
        loudness = audioop.rms(pcm, 2)
        noise = self._noise.hear(loudness)
        # Asked about every frame: it learns the line as well.
        is_speech = bool(self._vad.is_speech(pcm, SAMPLE_RATE_HZ))
        return is_speech and loudness >= max(_FAINT_BELOW, _ABOVE_NOISE * noise)

    def _frame(self, is_speech: bool) -> SpeechStarted | SpeechPaused | None:
        self._voiced = self._voiced + 1 if is_speech else 0
        self._unvoiced = 0 if is_speech else self._unvoiced + 1
        if not self._speaking and self._voiced == _STARTS_AFTER_FRAMES:
            self._speaking = True
            return SpeechStarted(self._at(_STARTS_AFTER_FRAMES))
        if self._speaking and self._unvoiced == _PAUSES_AFTER_FRAMES:
            self._speaking = False
            return SpeechPaused(self._at(_PAUSES_AFTER_FRAMES))
        return None

    def _at(self, frames_ago: int) -> float:
        return self._at_s - frames_ago * FRAME_MS / 1000
