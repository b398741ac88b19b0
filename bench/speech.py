"""What the bench's callees say: seeded texts in, clips of speech and utterances made of them out.

An utterance is clips and pauses in a row, so that a few hundred rendered clips make many thousands:
each callee has an order of its own, so that no one's words can pass for another's.
"""

import random
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from floyd.sandbox.sound import mulaw
from floyd.sandbox.sound.rendering import say

FRAME_MS = 20
FRAME_BYTES = 160
SILENCE = b"\xff" * FRAME_BYTES

_VOICES = ("en-us", "en-us+f2", "en-us+m3")
_WORDS_PER_MINUTE = 215
_PAUSED = Path(__file__).with_name("mixed_utterances.toml")
_SAMPLES_A_FRAME = FRAME_BYTES

THINGS = (
    "fresh bread",
    "red apples",
    "brown sugar",
    "oat milk",
    "green tea",
    "sweet corn",
    "sour cream",
    "white wine",
    "orange juice",
    "dark chocolate",
)


@dataclass(frozen=True)
class Word:
    """A word of a clip, and where it sounds in it."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Clip:
    """A stretch of speech in frames of 20 ms; the last one has its last sound in it."""

    text: str
    words: tuple[Word, ...]
    frames: tuple[bytes, ...]


@dataclass(frozen=True)
class Utterance:
    """What a callee says in one turn.

    Attributes:
        frames: its sound.
        text: its words, as they are written.
        paused: it has a long pause inside.
    """

    frames: tuple[bytes, ...]
    text: str
    paused: bool = False


class Vocabulary:
    """All that can be said.

    Args:
        seed: decides the pauses and who says what.
        orders: how many callees with an order of their own there are.
    """

    def __init__(self, seed: int, orders: int) -> None:
        self._seed = seed
        self.greeting = _clip("Hello?")
        self.wait = _clip("Wait,")
        self.mm_hm = _clip("Mm-hm.")
        self._orders = [_clip(f"order {order}") for order in range(orders)]
        self._needs = [_clip(f"needs {thing}.") for thing in THINGS]
        self._wants = [_clip(f"wants {thing}.") for thing in THINGS]
        mixed = tomllib.loads(_PAUSED.read_text(encoding="utf-8"))
        self._finished = [_clip(text) for text in mixed["finished"]]
        self._paused = [(_clip(first), _clip(second)) for first, second in mixed["paused"]]

    def clips(self) -> Iterable[Clip]:
        """All clips, for whoever is to recognise them."""
        yield from (self.greeting, self.wait, self.mm_hm)
        yield from (*self._orders, *self._needs, *self._wants, *self._finished)
        for pair in self._paused:
            yield from pair

    def needs(self, order: int, turn: int) -> Utterance:
        """A callee's words that are answered with two sentences."""
        return _utterance(self._orders[order], self._needs[turn % len(THINGS)])

    def wants(self, order: int, turn: int) -> Utterance:
        """A callee's words that are answered briefly."""
        return _utterance(self._orders[order], self._wants[turn % len(THINGS)])

    def interruption(self, order: int, turn: int) -> Utterance:
        """A callee's words that break into Floyd's."""
        return _utterance(self.wait, self._orders[order], self._needs[turn % len(THINGS)])

    def mixed(self, callee: int) -> Iterable[Utterance]:
        """Finished utterances and such with a pause of 400 to 900 ms inside, half and half."""
        draw = random.Random(f"mixed {self._seed} {callee}")
        while True:
            if draw.random() < 0.5:
                yield _utterance(draw.choice(self._finished))
            else:
                first, second = draw.choice(self._paused)
                yield _paused(first, draw.randint(400 // FRAME_MS, 900 // FRAME_MS), second)


def alone(clip: Clip) -> Utterance:
    """One clip as an utterance."""
    return _utterance(clip)


def line_noise(seed: int) -> tuple[bytes, ...]:
    """Two seconds of a noisy line, some -45 dB below full scale."""
    noise = np.random.default_rng(seed).normal(0, 180, 100 * _SAMPLES_A_FRAME)
    return _frames(noise)


def cough(seed: int) -> tuple[bytes, ...]:
    """Two bursts of loud noise, 140 ms each, that die away."""
    draw = np.random.default_rng(seed)
    burst = draw.normal(0, 6000, 7 * _SAMPLES_A_FRAME) * np.exp(-np.linspace(0, 4, 7 * 160))
    pause = np.zeros(4 * _SAMPLES_A_FRAME)
    return _frames(np.concatenate((burst, pause, burst)))


def _clip(text: str) -> Clip:
    voice = _VOICES[sum(text.encode()) % len(_VOICES)] if text[0].isupper() else _VOICES[0]
    rendered = say(text, voice, _WORDS_PER_MINUTE)
    words = tuple(Word(word.text, word.start_ms, word.end_ms) for word in rendered.words)
    sound = rendered.mulaw
    frames = tuple(
        sound[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\xff")
        for at in range(0, len(sound), FRAME_BYTES)
    )
    return Clip(text, words, frames)


def _utterance(*clips: Clip) -> Utterance:
    frames = tuple(frame for clip in clips for frame in clip.frames)
    return Utterance(frames, " ".join(clip.text for clip in clips))


def _paused(first: Clip, pause_frames: int, second: Clip) -> Utterance:
    frames = (*first.frames, *(SILENCE,) * pause_frames, *second.frames)
    return Utterance(frames, f"{first.text} {second.text}", paused=True)


def _frames(samples: "np.typing.NDArray[np.float64]") -> tuple[bytes, ...]:
    sound = mulaw.encode(np.clip(samples, -32000, 32000).astype(np.int16))
    return tuple(sound[at : at + FRAME_BYTES] for at in range(0, len(sound), FRAME_BYTES))
