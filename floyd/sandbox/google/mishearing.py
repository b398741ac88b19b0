"""A word in, what a recogniser might take it for out."""

from __future__ import annotations

import random
import re
from functools import lru_cache

_SOUND_ALIKES = {
    "for": "four",
    "four": "for",
    "to": "two",
    "two": "to",
    "no": "know",
    "know": "no",
    "there": "their",
    "here": "hear",
    "right": "write",
    "week": "weak",
    "fifteen": "fifty",
    "fifty": "fifteen",
    "thirteen": "thirty",
    "thirty": "thirteen",
    "can": "can't",
    "can't": "can",
    "hi": "high",
    "sick": "six",
    "today": "to day",
}
_VOWELS = "aeiou"


@lru_cache(maxsize=4096)
def plain(word: str) -> str:
    """The word as an interim result shows it: lower case, without the punctuation around it."""
    return re.sub(r"^[^\w$#@&]+|[^\w%]+$", "", word).lower()


def misheard(word: str, chance: random.Random) -> str:
    """Another word than this one, of a similar sound."""
    bare = plain(word)
    if bare in _SOUND_ALIKES:
        return _SOUND_ALIKES[bare]
    places = [index for index, letter in enumerate(bare) if letter in _VOWELS]
    if not places:
        return f"the {bare}"
    place = chance.choice(places)
    other = chance.choice([vowel for vowel in _VOWELS if vowel != bare[place]])
    return bare[:place] + other + bare[place + 1 :]
