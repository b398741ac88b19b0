"""Numbers in English words: "one hundred and twenty third" is 123. Pure."""

from collections.abc import Sequence

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {
    "first": "one",
    "second": "two",
    "third": "three",
    "fifth": "five",
    "eighth": "eight",
    "ninth": "nine",
    "twelfth": "twelve",
    **{f"{ten.removesuffix('y')}ieth": ten for ten in _TENS},
    **{f"{unit}th": unit for unit in _UNITS},
}
_SMALL = {word: value for value, word in enumerate(_UNITS)}
_SMALL |= {word: 10 * value for value, word in enumerate(_TENS, start=2)}
_LARGE = {"thousand": 1_000, "million": 1_000_000}
_HUNDRED = 100
_ANYTHING = 10**9


def is_numeral(word: str) -> bool:
    """Return whether a word in lower case can begin a number."""
    word = _ORDINALS.get(word, word)
    return word in _SMALL or word in _LARGE or word == "hundred"


def read_number(words: Sequence[str], start: int) -> tuple[int, int]:
    """Return the number that begins at a place, and where it ends (`start` when none begins there).

    "eight thirty" are two numbers, "thirty eight" is one.
    """
    total, part, room, at = 0, 0, _ANYTHING, start
    largest = _ANYTHING
    while at < len(words):
        word = _ORDINALS.get(words[at], words[at])
        if word == "and" and _goes_on(words[at + 1 : at + 2], room):
            pass
        elif word in _SMALL and (room == _ANYTHING or 0 < _SMALL[word] <= room):
            part += _SMALL[word]
            room = 9 if _SMALL[word] >= _SMALL["twenty"] else 0
        elif word == "hundred" and part < _HUNDRED:
            part, room = max(part, 1) * _HUNDRED, _HUNDRED - 1
        elif word in _LARGE and _LARGE[word] < largest:
            largest = _LARGE[word]
            total, part, room = total + max(part, 1) * largest, 0, _LARGE["thousand"] - 1
        else:
            break
        at += 1
    return total + part, at


def _goes_on(next_word: Sequence[str], room: int) -> bool:
    """Return whether an "and" is inside a number: "two hundred and five", not "five and six"."""
    word = _ORDINALS.get(next_word[0], next_word[0]) if next_word else ""
    return _HUNDRED - 1 <= room < _ANYTHING and 0 < _SMALL.get(word, 0) <= room
