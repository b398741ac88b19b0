"""When is a turn over? Words in, the silence out that ends the turn; pure.

A person waits about 200 ms after a finished sentence (Stivers et al. 2009) but is patient with one
who is searching for a word. The reply is prepared during the wait: a delay below the time that the
model and the voice take together costs nothing.
"""

from collections import deque

from floyd.calls.endings import Ending, ending_of

FINISHED_S = 0.45
ANSWER_S = 0.4
USUAL_S = 0.8
DICTATING_S = 1.3
UNFINISHED_S = 1.5
# The recogniser punctuates its final results: one without an end is not yet a sentence to it.
WITHOUT_END_S = 1.0

SHORTEST_USUAL_S = 0.6
LONGEST_USUAL_S = 1.0
_REMEMBERED_PAUSES = 8
_SHORTEST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 2.0
_MARGIN_S = 0.15
# Until something is known of a speaker, they are taken to make a few pauses of this length.
_EXPECTED = (USUAL_S - _MARGIN_S,) * 4


class Endpointing:
    """How long one speaker is waited for; learns the pauses that they make within their turns."""

    def __init__(self) -> None:
        self._pauses: deque[float] = deque(_EXPECTED, _REMEMBERED_PAUSES)

    def went_on_after(self, pause_s: float | None) -> None:
        """Note a pause, if there was one, after which the speaker went on with the same turn."""
        if pause_s and pause_s >= _SHORTEST_PAUSE_S:
            self._pauses.append(min(pause_s, _LONGEST_PAUSE_S))

    def delay_s(self, text: str, *, is_final: bool = False) -> float:
        """Return how long the speaker must have been quiet for the turn to be over.

        Args:
            text: the turn so far, as the recogniser understands it.
            is_final: it will not be revised any more.
        """
        ending = ending_of(text)
        if ending is not Ending.OPEN:
            return _DELAYS_S[ending]
        if is_final and text:
            return WITHOUT_END_S
        return self._usual_s

    @property
    def _usual_s(self) -> float:
        """Longer for a speaker whose pauses are long, shorter for a quick one, within bounds."""
        wanted_s = max(self._pauses) + _MARGIN_S
        return min(max(wanted_s, SHORTEST_USUAL_S), LONGEST_USUAL_S)


_DELAYS_S = {
    Ending.ANSWER: ANSWER_S,
    Ending.FINISHED: FINISHED_S,
    Ending.DICTATING: DICTATING_S,
    Ending.UNFINISHED: UNFINISHED_S,
}
