"""What the model is reminded of in a long call: all turns in, a bounded number of turns out; pure.

The beginning and the last turns stay as they were. Of the middle only what can matter later is
kept: the turns that hold a number, a name or a "not", shortened. It is folded in steps, so that
from one reply to the next nothing changes but what was added: providers cache an unchanged
beginning.
"""

from collections.abc import Sequence
from itertools import islice

from floyd.calls.vocabulary import Turn
from floyd.services.voice.spoken_words import NEGATIONS, words_of

FIRST_TURNS = 6
LAST_TURNS = 30
FOLDED_AT_ONCE = 20
MOST_REMEMBERED = 24
LONGEST_REMEMBERED = 160

_LEFT_OUT = Turn(
    "note", "Here the middle of the call is left out, but for what holds a number, a name or a not."
)


def remembered(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return what the model is told of a conversation."""
    over = len(turns) - FIRST_TURNS - LAST_TURNS
    folded = max(0, over // FOLDED_AT_ONCE * FOLDED_AT_ONCE)
    if folded == 0:
        return tuple(turns)
    first, middle = turns[:FIRST_TURNS], turns[FIRST_TURNS : FIRST_TURNS + folded]
    # From the newest one back, so that an hour's talk is not gone through for every reply.
    weighty = islice(filter(_is_weighty, reversed(middle)), MOST_REMEMBERED)
    kept = [_shortened(turn) for turn in weighty][::-1]
    return (*first, _LEFT_OUT, *kept, *turns[FIRST_TURNS + folded :])


def _is_weighty(turn: Turn) -> bool:
    words = words_of(turn.text)
    return any(word.is_number or word.is_name or word.text in NEGATIONS for word in words)


def _shortened(turn: Turn) -> Turn:
    if len(turn.text) <= LONGEST_REMEMBERED:
        return turn
    return Turn(turn.speaker, f"{turn.text[:LONGEST_REMEMBERED].rsplit(' ', 1)[0]} …")
