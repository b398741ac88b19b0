"""Did the voice read what it was given? The meant text and the said one go in, a verdict comes out.

Pure. Both texts become plain words first ("I'm" and "I am", "8:30" and "eight thirty", "$80" and
"eighty dollars" are the same then); what still differs is judged: a voice that rewords may change
small words, never a number, a name or a "not", and must not leave out or add a whole phrase.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from floyd.services.voice.spoken_words import Word, words_of

_A_PHRASE = 3
_SMALL_WORDS = frozenset(
    """a about again ah all also am an and any are as at be been but by can could did do
    does er for from had has have he her hers him his i if in into is it its just let like
    may me might my of off oh okay on or our out really she should so some than that the
    their them then there these they this those to too uh um up us was we well were what
    when where which who will with would yes you your""".split()
)
_LAST_WORD = re.compile(r"\S*$")
_HALF_A_NUMBER = frozenset({"and", "point"})


class Reading(StrEnum):
    """How a text was read."""

    EXACT = "exact"
    HARMLESS = "harmless"
    HARMFUL = "harmful"

    @property
    def harmful(self) -> bool:
        """Whether it must be cut off and said again."""
        return self is Reading.HARMFUL


# Asked again for every piece of sound, while the words have not changed.
@lru_cache(maxsize=512)
def compare(meant: str, said: str, *, finished: bool = True) -> Reading:
    """Return how a text was read.

    Args:
        meant: what the voice was given.
        said: what it says it said.
        finished: False while it still speaks; then only the beginning is judged, and the last word
            not at all: more of it may come.
    """
    given = words_of(meant)
    heard = words_of(said) if finished else _certain_words(said)
    if not finished:
        given = given[: len(heard) + _A_PHRASE]
    differences = _differences(given, heard, finished=finished)
    if any(_is_harmful(missing, added) for missing, added in differences):
        return Reading.HARMFUL
    if finished and _was_cut_off(given, heard):
        return Reading.HARMFUL
    return Reading.HARMLESS if differences else Reading.EXACT


def _certain_words(said: str) -> Sequence[Word]:
    """Return what has been said without its last word or number, which may be half of one."""
    words = list(words_of(_LAST_WORD.sub("", said)))
    while words and (words[-1].is_number or words[-1].text in _HALF_A_NUMBER):
        words.pop()
    return words


def _differences(
    given: Sequence[Word], heard: Sequence[Word], *, finished: bool
) -> list[tuple[Sequence[Word], Sequence[Word]]]:
    """Return each place where the texts differ, as the words missing and the words added."""
    matcher = SequenceMatcher(
        None, [word.text for word in given], [word.text for word in heard], autojunk=False
    )
    found = []
    for kind, start, end, heard_start, heard_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        if not finished and end == len(given):
            # What is still to come is not missing.
            end = min(end, start + heard_end - heard_start)
        missing, added = given[start:end], heard[heard_start:heard_end]
        if _letters(missing) != _letters(added):
            found.append((missing, added))
    return found


def _is_harmful(missing: Sequence[Word], added: Sequence[Word]) -> bool:
    if any(word.matters for word in (*missing, *added)):
        return True
    return max(_meaningful(missing), _meaningful(added)) >= _A_PHRASE


def _was_cut_off(given: Sequence[Word], heard: Sequence[Word]) -> bool:
    """Return whether the end of a text, more than small words of it, was not read."""
    left = given[len(heard) :]
    begins_alike = [word.text for word in given[: len(heard)]] == [word.text for word in heard]
    return begins_alike and _meaningful(left) > 0


def _meaningful(words: Sequence[Word]) -> int:
    """Return how many words of a passage carry meaning."""
    return sum(word.text not in _SMALL_WORDS for word in words)


def _letters(words: Sequence[Word]) -> str:
    """Return words without the gaps between them: "pick up" and "pickup" sound the same."""
    return "".join(word.text for word in words)
