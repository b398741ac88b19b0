"""What the user allows to be spent, from the user's own words: the model only repeats it. Pure."""

import re
from collections.abc import Sequence

from floyd.prompts.schemas import Limits
from floyd.reports.quantities import quantities

_STATED = re.compile(
    r"\b(?:up to|at most|(?:no|not) more than|(?<!no )(?<!not )less than|under|below|"
    r"max(?:imum)?(?: of)?|budget(?: is| of)?:?|limit(?: is| of)?:?)\s+(?P<amount>[^.;!?\n]*)",
    re.IGNORECASE,
)
_AMOUNT_WORDS = 4
_BEFORE_AMOUNTS = frozenset({"a", "about", "around"})


def checked(limits: Limits, words: Sequence[str]) -> Limits:
    """Return limits whose budget is the one that the user stated, or none.

    Args:
        limits: as the model wrote them down.
        words: the user's: the request, then the answers, oldest first.
    """
    stated: set[float] = set()
    said: set[float] = set()
    for text in words:
        if now_stated := _stated(text):
            stated, said = now_stated, set()
        found = quantities(text)
        said |= set() if now_stated else found.amounts | found.numbers
    if limits.budget_usd in stated | said:
        return limits
    return limits.model_copy(update={"budget_usd": min(stated, default=None)})


def _stated(text: str) -> set[float]:
    """Return the amounts that a text names as a limit."""
    phrases = [match["amount"].split()[:_AMOUNT_WORDS] for match in _STATED.finditer(text)]
    return {
        amount
        for words in phrases
        if words and (words[0] in _BEFORE_AMOUNTS or quantities(words[0]))
        for amount in quantities(" ".join(words)).amounts
    }
