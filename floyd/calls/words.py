"""The words of a transcript, and when two transcripts say the same; pure."""

import re

from floyd.services.voice import spoken_words

HESITATIONS = frozenset("ah eh er erm hm hmm uh uhm um".split())
_SLIGHT = HESITATIONS | {"a", "an", "the"}


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation."""
    return re.findall(r"[\w']+", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def is_hesitation(text: str) -> bool:
    """Say whether there is nothing in a text but the sound of thinking, or nothing at all."""
    return all(word in HESITATIONS for word in words_of(text))


def same_words(one: str, other: str) -> bool:
    """Say whether two transcripts differ in nothing that an answer depends on.

    A recogniser goes on revising: it adds punctuation, writes "2" for "two" and "it is" for "it's",
    and hears an article or a hesitation that it had missed. Every other word may turn an answer
    round.
    """
    return one == other or _weighty(one) == _weighty(other)


def _weighty(text: str) -> list[str]:
    return [word.text for word in spoken_words.words_of(text) if word.text not in _SLIGHT]
