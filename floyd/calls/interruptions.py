"""The callee's words come while Floyd speaks: an interruption, a nod, or nothing at all; pure.

Words that are no nod stop Floyd at once; what they mean is known only later. If it was a cough that
the recogniser took for a word, or an "um" and no more, what was cut off is said again.
"""

from floyd.calls.courtesy import is_back_channel
from floyd.calls.replies import Replies, Reply
from floyd.calls.words import is_hesitation

RESUME_AFTER_S = 0.8
ONLY_A_NOISE = "They only made a sound. Go on from where you were cut off."
# A nod into Floyd's last words answers them: Floyd is the next to speak.
NOD_ANSWERS_WITHIN_S = 1.2


class Interruptions:
    """What the callee's words did to Floyd's.

    Args:
        replies: what Floyd says.
    """

    def __init__(self, replies: Replies) -> None:
        self._replies = replies
        self._cut: list[Reply] = []
        self._nodded_s: float | None = None

    @property
    def pending(self) -> bool:
        """Something was cut off, and it is not clear yet by what."""
        return bool(self._cut)

    def cut(self, now_s: float) -> None:
        """Silence Floyd, and keep in mind what was left unsaid."""
        self._cut = self._replies.silence(now_s)

    def was_nothing(self, text: str) -> bool:
        """Say whether what cut Floyd off has come to nothing so far."""
        return self.pending and (is_hesitation(text) or is_back_channel(text))

    def settle(self) -> list[Reply]:
        """Forget what was cut off, and return it."""
        cut, self._cut = self._cut, []
        return cut

    def resume(self, cut: list[Reply], now_s: float) -> bool:
        """Say again what was cut off, from the clause on that was not heard to its end.

        Returns:
            False if it is not known how it would have gone on.
        """
        if not all(reply.written or reply.scripted for reply in cut):
            return False
        for clause in (clause for reply in cut if not reply.ahead for clause in reply.unheard):
            self._replies.say(clause, now_s)
        return True

    def nod(self, at_s: float) -> None:
        """Note that the callee has told Floyd to go on."""
        self._nodded_s = at_s

    def take_nod(self, now_s: float) -> bool:
        """Say whether the callee nodded to what was said last; once."""
        nodded_s, self._nodded_s = self._nodded_s, None
        return nodded_s is not None and now_s - nodded_s <= NOD_ANSWERS_WITHIN_S
