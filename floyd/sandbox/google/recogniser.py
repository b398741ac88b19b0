"""One stream's bytes in, the responses that they cause and their delays out; reads no clock."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

from floyd.sandbox.google.conditions import GoogleConditions
from floyd.sandbox.google.mishearing import misheard
from floyd.sandbox.google.results import Results
from floyd.sandbox.sound import Ears, HeardWord, mulaw

_STEP_MS = 20
_BYTES_PER_MS = 8
_INTERIM_EVERY_MS = 100
_LONGEST_PAUSE_MS = 500


@dataclass(frozen=True)
class Timed:
    """A response, and how long after the bytes that caused it it is due."""

    delay_s: float
    response: Any


class Recogniser:
    """Listens to one stream.

    Args:
        streaming_config: The stream's configuration (raw protobuf).
        conditions: Read anew for every result.
        ears: What recognises the words.
        chance: Decides what is misheard.
    """

    def __init__(
        self,
        streaming_config: Any,
        conditions: GoogleConditions,
        ears: Ears,
        chance: random.Random,
    ) -> None:
        self._config = streaming_config
        self._conditions = conditions
        self._ears = ears
        self._chance = chance
        self._results = Results(streaming_config)
        self._activity = _Activity()
        self._words: list[HeardWord] = []
        self._shown = 0  # how many of them an interim result has shown rightly
        self._speech_end_ms = 0
        self._interim_at_ms = 0
        self._chunk_end_ms = 0
        self._timed: list[Timed] = []
        self.done = False

    @property
    def position_ms(self) -> int:
        """How much audio was heard."""
        return self._ears.position_ms

    def hear(self, audio: bytes) -> list[Timed]:
        """Takes the next mu-law bytes; they are taken to have sounded up to now."""
        self._timed = []
        self._chunk_end_ms = self._ears.position_ms + len(audio) // _BYTES_PER_MS
        step = _STEP_MS * _BYTES_PER_MS
        for at in range(0, len(audio), step):
            self._hear_step(audio[at : at + step])
        return self._timed

    def finish(self) -> list[Timed]:
        """The client sends no more: what was said is final."""
        self._timed = []
        self._end_utterance()
        self._timed.append(Timed(0.0, self._results.billed(self._ears.position_ms)))
        return self._timed

    def _hear_step(self, audio: bytes) -> None:
        if self.done:
            return
        new_words = self._ears.hear(audio)
        self._words += [self._taken_for(word) for word in new_words]
        position_ms, speaking = self._ears.position_ms, self._ears.speaking
        self._notice_activity(audio, position_ms)
        if speaking:
            self._speech_end_ms = position_ms
        elif new_words:
            self._speech_end_ms = new_words[-1].end_ms
        if not self._words:
            return
        if speaking and position_ms >= self._interim_at_ms:
            self._interim_at_ms = position_ms + _INTERIM_EVERY_MS
            self._send_interim(position_ms, may_revise=True)
        elif not speaking and self._shown < len(self._words):
            self._send_interim(self._speech_end_ms, may_revise=False)
        elif not speaking and position_ms - self._speech_end_ms >= self._pause_ms():
            self._end_utterance()

    def _taken_for(self, word: HeardWord) -> HeardWord:
        if self._chance.random() >= self._conditions.word_error_rate:
            return word
        return replace(word, text=misheard(word.text, self._chance))

    def _send_interim(self, sounded_ms: int, *, may_revise: bool) -> None:
        self._shown = len(self._words)
        if not self._config.interim_results:
            return
        newest = None
        if may_revise and self._chance.random() < self._conditions.revise_rate:
            newest = misheard(self._words[-1].text, self._chance)
            self._shown -= 1
        response = self._results.interim(self._words, newest)
        self._send(response, sounded_ms, self._conditions.interim_latency_s)

    def _end_utterance(self) -> None:
        if not self._words:
            return
        if self._config.single_utterance:
            ended = self._results.single_utterance_ended(self._speech_end_ms)
            self._send(ended, self._speech_end_ms, self._conditions.interim_latency_s)
            self.done = True
        final = self._results.final(self._words)
        self._send(final, self._speech_end_ms, self._conditions.final_latency_s)
        self._words = []
        self._shown = 0

    def _notice_activity(self, audio: bytes, position_ms: int) -> None:
        change = self._activity.change(audio, position_ms)
        if change is None or not self._config.enable_voice_activity_events:
            return
        began, at_ms = change
        response = self._results.speech_began(at_ms) if began else self._results.speech_ended(at_ms)
        self._send(response, position_ms, self._conditions.interim_latency_s)

    def _pause_ms(self) -> float:
        """The silence that ends an utterance; its result may be due before half a second."""
        return min(_LONGEST_PAUSE_MS, self._conditions.final_latency_s * 1000)

    def _send(self, response: Any, sounded_ms: int, latency_s: float) -> None:
        """Latency counts from the sound: part of it has passed when a long chunk arrives."""
        passed_s = (self._chunk_end_ms - sounded_ms) / 1000
        self._timed.append(Timed(max(0.0, latency_s - passed_s), response))


class _Activity:
    """Voice activity as Google has it: by loudness, so that noise sets it off too."""

    _BEGIN_MS = 100
    _END_MS = 500

    def __init__(self) -> None:
        self._active = False
        self._since_ms: int | None = None

    def change(self, audio: bytes, position_ms: int) -> tuple[bool, int] | None:
        """Takes a step of the stream; returns (began or ended, when) if that changed."""
        loud = mulaw.loud_bytes(audio) * 3 > len(audio)
        if loud == self._active:
            self._since_ms = None
            return None
        if self._since_ms is None:
            self._since_ms = position_ms - len(audio) // _BYTES_PER_MS
        if position_ms - self._since_ms < (self._BEGIN_MS if loud else self._END_MS):
            return None
        self._active = loud
        since_ms, self._since_ms = self._since_ms, None
        return loud, since_ms
