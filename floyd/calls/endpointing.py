"""When is a turn over? Words in, the silence out that ends the turn; pure.

A person waits about 200 ms after a finished sentence (Stivers et al. 2009) but is patient with one
who is searching for a word. The recogniser's interim results carry no punctuation, so the last
words have to tell. The reply is prepared during the wait: a delay below the time that the model
and the voice take together costs nothing.
"""

import re

FINISHED_S = 0.45
ANSWER_S = 0.4
USUAL_S = 0.6
DICTATING_S = 1.3
UNFINISHED_S = 1.5

_NEVER_LAST = frozenset(
    """a an and as because but erm hmm i'll i'm if into it's its let let's my or our so than the
    their uh um we'll well your""".split()
)
_SELDOM_LAST = frozenset(
    """about are around at by can could for from has have he her i in is like of on plus she that
    then they this to was we were when where which who will with would""".split()
)
_ANSWERS = frozenset(
    "yes yeah yep no nope thanks bye goodbye hello hi correct exactly absolutely certainly".split()
)
_QUESTION = re.compile(
    r"^(?:(?:and|so|okay|ok|alright|sorry|well|um|uh|now) )*"
    r"(?:who|what|what's|when|where|which|why|how|is|are|do|does|did|can|could|may|would|will|have)\b"
)
_NUMBER = frozenset(
    """zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty
    ninety hundred double""".split()
)


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without punctuation."""
    return re.findall(r"[\w']+", text.lower())


def same_words(one: str, other: str) -> bool:
    """Say whether two transcripts differ in nothing but case and punctuation."""
    return words_of(one) == words_of(other)


def endpointing_delay_s(text: str) -> float:
    """Return how long the callee must have been quiet for the turn to be over.

    Args:
        text: the turn so far, as the recogniser understands it.
    """
    words = words_of(text)
    if not words:
        return USUAL_S
    if text.rstrip().endswith(("?", ".", "!")):
        return FINISHED_S
    if words[-1] in _NEVER_LAST:
        return UNFINISHED_S
    if _dictating(words):
        return DICTATING_S
    if len(words) >= 3 and _QUESTION.match(" ".join(words)):
        return FINISHED_S
    if words[-1] in _SELDOM_LAST:
        return UNFINISHED_S
    return ANSWER_S if len(words) <= 3 and words[-1] in _ANSWERS else USUAL_S


def _dictating(words: list[str]) -> bool:
    """Say whether the last words are part of a number or a spelling that may go on."""
    run = 0
    for word in reversed(words):
        if not (word in _NUMBER or word.isdigit() or len(word) == 1):
            break
        run += len(word) if word.isdigit() else 1
    return 2 <= run < 10
