"""Text in, a clip out: trimmed to its speech, each written word with its place in the sound."""

from __future__ import annotations

import re

import numpy as np
import soxr

from floyd.sandbox.sound import mulaw
from floyd.sandbox.sound.clip import BYTES_PER_MS, SAMPLE_RATE_HZ, Clip, SpokenWord
from floyd.sandbox.sound.espeak import RENDERED_RATE_HZ, Rendering, render
from floyd.sandbox.sound.mulaw import Samples

WIDE_RATE_HZ = 24_000

_BLOCK_MS = 5
_QUIET_PEAK = 200
_SHORTEST_WORD_MS = 20


def say(text: str, voice: str, words_per_minute: int) -> Clip:
    """Renders the text as the telephone carries it; not thread-safe.

    Raises:
        UnknownVoiceError: There is no such voice.
    """
    rendering = _rendered(text, voice, words_per_minute)
    narrow = _resampled(rendering.samples, SAMPLE_RATE_HZ)
    return Clip(text, _words(text, rendering.word_events, narrow), mulaw.encode(narrow))


def say_wide(text: str, voice: str, words_per_minute: int) -> bytes:
    """Renders the same sound as `say`, as 24 kHz 16-bit little-endian mono PCM."""
    rendering = _rendered(text, voice, words_per_minute)
    return _resampled(rendering.samples, WIDE_RATE_HZ).astype("<i2").tobytes()


def _rendered(text: str, voice: str, words_per_minute: int) -> Rendering:
    spoken = "".join(character if character.isprintable() else " " for character in text)
    return _trimmed(render(spoken, voice, words_per_minute))


def _resampled(samples: Samples, rate_hz: int) -> Samples:
    resampled: Samples = soxr.resample(samples, RENDERED_RATE_HZ, rate_hz, quality="HQ")
    return resampled


def _trimmed(rendering: Rendering) -> Rendering:
    """Cuts the silence before and after the speech."""
    loud = np.flatnonzero(np.abs(rendering.samples.astype(np.int32)) > _QUIET_PEAK)
    if not len(loud) or not rendering.word_events:
        return Rendering(np.empty(0, np.int16), [])
    first, last = int(loud[0]), int(loud[-1])
    cut_ms = first * 1000 // RENDERED_RATE_HZ
    events = [(position, max(0, at_ms - cut_ms)) for position, at_ms in rendering.word_events]
    return Rendering(rendering.samples[first : last + 1], events)


def _words(text: str, events: list[tuple[int, int]], narrow: Samples) -> tuple[SpokenWord, ...]:
    """Gives each written word that was spoken its start, and its end where its sound dies away."""
    written = [(match.start(), match.end(), match.group()) for match in re.finditer(r"\S+", text)]
    starts = _starts(written, events)
    if not starts:
        return ()
    # espeak joins some pairs into one event ("of a"): they share its time evenly.
    silent = {index for index, (_, _, word) in enumerate(written) if not re.search(r"\w", word)}
    spoken = [i for i in range(len(written)) if i in starts or i not in silent]
    bounds = _filled([starts.get(index) for index in spoken], len(narrow) // BYTES_PER_MS)
    return tuple(
        SpokenWord(written[index][2], start, _sound_end(narrow, start, end))
        for index, start, end in zip(spoken, bounds, bounds[1:], strict=False)
    )


def _starts(written: list[tuple[int, int, str]], events: list[tuple[int, int]]) -> dict[int, int]:
    """Maps the index of a written word to the millisecond at which its first part starts."""
    starts: dict[int, int] = {}
    for index, (begin, end, _) in enumerate(written):
        times = [at_ms for position, at_ms in events if begin <= position < end]
        if times:
            starts[index] = min(times)
    return starts


def _filled(starts: list[int | None], duration_ms: int) -> list[int]:
    """Spreads words without a time evenly up to the next known one; adds the end of all."""
    filled: list[int] = []
    at = 0
    for index, start in enumerate(starts):
        if start is not None:
            at = max(at, start)
        elif filled:
            following = next((s for s in starts[index:] if s is not None), duration_ms)
            unknown = next(
                (n for n, s in enumerate(starts[index:]) if s is not None), len(starts) - index
            )
            at += max(0, following - at) // (unknown + 1)
        filled.append(min(at, duration_ms))
    return [*filled, duration_ms]


def _sound_end(narrow: Samples, start_ms: int, end_ms: int) -> int:
    """The end of the word's own sound: a pause after it does not belong to it."""
    sound = np.abs(narrow[start_ms * BYTES_PER_MS : end_ms * BYTES_PER_MS].astype(np.int32))
    loud = np.flatnonzero(sound > _QUIET_PEAK)
    if not len(loud):
        return end_ms
    sounding_ms = (int(loud[-1]) // BYTES_PER_MS // _BLOCK_MS + 1) * _BLOCK_MS
    return min(end_ms, start_ms + max(sounding_ms, _SHORTEST_WORD_MS))
