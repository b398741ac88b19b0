"""Two assistants on one line would be polite for ever: when does Floyd say its last words? Pure.

The other side counts as an assistant when it introduces itself as one that acts for somebody. A
person who speaks of an assistant does not, nor does a house whose own machine answers its phone.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from floyd.calls.courtesy import is_back_channel
from floyd.calls.vocabulary import Turn
from floyd.calls.words import words_of

MOST_TURNS = 6
"""How often the two sides speak in all, in turn, before the call has ended."""

_ASSISTANT = r"(?:ai|a i|artificial intelligence|virtual|digital) (?:phone |voice )?assistant"
_NAME = r"(?:(?!(?:not|no|just|about|to|with|an?|the|talking|speaking)\b)[\w']+ ){0,2}"
_INTRODUCED = re.compile(
    r"\b(?:this is|i am|i'm|my name is) (?:"
    r"floyd\b"
    rf"|{_NAME}(?:your|\w+'s) (?:personal )?{_ASSISTANT}\b"
    rf"|{_NAME}(?:an?|the) {_ASSISTANT} (?:(?:calling|phoning|speaking|acting) (?:for|from)"
    r"|(?:\w+ )?on behalf of)\b)"
)


# Asked again for every turn whenever Floyd is about to speak.
@lru_cache(maxsize=2048)
def introduces_assistant(text: str) -> bool:
    """Say whether somebody introduces themselves as an AI assistant of somebody else."""
    return _INTRODUCED.search(" ".join(words_of(text))) is not None


def last_words_are_due(turns: Sequence[Turn]) -> bool:
    """Say whether what Floyd says next must be its last.

    It must when the other side is an assistant too, and there is room for no further turn of theirs
    and answer of Floyd's.

    Args:
        turns: the conversation so far.
    """
    if not any(turn.speaker == "callee" and introduces_assistant(turn.text) for turn in turns):
        return False
    speakers = _in_turn(turns)
    next_turn = len(speakers) + (speakers[-1] != "floyd")
    return next_turn + 2 > MOST_TURNS


def _in_turn(turns: Sequence[Turn]) -> list[str]:
    """Return who spoke, one after the other; an "mm-hm" takes no turn."""
    speakers: list[str] = []
    for turn in turns:
        silent = turn.speaker == "note" or (turn.speaker == "callee" and is_back_channel(turn.text))
        if not silent and turn.speaker != (speakers[-1] if speakers else None):
            speakers.append(turn.speaker)
    return speakers
