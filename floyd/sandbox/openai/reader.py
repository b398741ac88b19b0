"""A reader that, like a voice model, now and then says other words than it was given."""

from __future__ import annotations

import random
import re

from floyd.sandbox.openai.conditions import OpenAIConditions
from floyd.sandbox.records import Records
from floyd.sandbox.sound import Clip, Voices

# OpenAI's voice names on espeak-ng's variants.
VOICES = {
    "alloy": "en-us+f2",
    "ash": "en-us+m1",
    "ballad": "en-us+m2",
    "cedar": "en-us+m3",
    "coral": "en-us+f1",
    "echo": "en-us+m4",
    "fable": "en-us+m5",
    "marin": "en-us+f3",
    "nova": "en-us+f4",
    "onyx": "en-us+m6",
    "sage": "en-us+f5",
    "shimmer": "en-us+f2",
    "verse": "en-us+m7",
}
WORDS_PER_MINUTE = 175

_OTHER_WORDS = {"I am": "I'm", "I'm": "I am", "do not": "don't", "It is": "It's", "it is": "it's"}


class Reader:
    """Reads texts aloud for all endpoints that speak."""

    def __init__(self, voices: Voices, conditions: OpenAIConditions, records: Records) -> None:
        self._voices = voices
        self._conditions = conditions
        self._records = records
        self._texts = 0

    async def read(self, text: str, voice: str, speed: float = 1.0) -> Clip:
        """Says the text, or words near to it, in one of OpenAI's voices."""
        said = self._worded(text)
        self._records.add("openai.spoken", text=text, said=said, voice=voice)
        return await self._voices.speak(said, VOICES[voice], words_per_minute=_rate(speed))

    async def widened(self, clip: Clip, voice: str, speed: float = 1.0) -> bytes:
        """What was read, as 24 kHz 16-bit mono PCM."""
        rate = _rate(speed)
        return await self._voices.speak_pcm24k(clip.text, VOICES[voice], words_per_minute=rate)

    def hangs(self) -> bool:
        """Whether this text shall never sound."""
        if self._conditions.voice_hang_next <= 0:
            return False
        self._conditions.voice_hang_next -= 1
        return True

    def _worded(self, text: str) -> str:
        self._texts += 1
        chance = random.Random(f"{self._conditions.seed}/{self._texts}")
        for pair in self._conditions.reword:
            written, said = pair
            if written in text:
                self._conditions.reword.remove(pair)
                return text.replace(written, said)
        if chance.random() < self._conditions.reword_rate:
            return reworded(text, chance)
        return text


def _rate(speed: float) -> int:
    return round(WORDS_PER_MINUTE * speed)


def reworded(text: str, chance: random.Random) -> str:
    """The text in slightly other words: "I'm" for "I am", another number, a "not" dropped."""
    ways = [
        re.sub(rf"\b{written}\b", said, text, count=1) for written, said in _OTHER_WORDS.items()
    ]
    ways.append(re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), text, count=1))
    ways.append(re.sub(r" not\b|n't\b", "", text, count=1))
    changed = [way for way in ways if way != text]
    return chance.choice(changed) if changed else text
