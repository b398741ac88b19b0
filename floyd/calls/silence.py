"""Nobody speaks: how long is that right, and what is done then? Pure."""

from floyd.calls import phrases
from floyd.calls.closing import Closing
from floyd.calls.replies import Replies
from floyd.calls.timers import Timers
from floyd.prompts.schemas import Outcome

REPROMPT_AFTER_S = 8.0
REPROMPTS = 2


class Silence:
    """The silences of a call.

    Args:
        replies: where the callee is asked whether they are there.
        closing: ends the call when they are not.
        timers: `reprompt` is set here, to be answered with `ask`.
    """

    def __init__(self, replies: Replies, closing: Closing, timers: Timers) -> None:
        self._replies = replies
        self._closing = closing
        self._timers = timers
        self._asked = 0

    def falls(self, now_s: float) -> None:
        """Wait for the callee to speak; they are not waited for anew whenever a noise has ended."""
        if not self._timers.is_set("reprompt"):
            self._timers.set("reprompt", now_s + REPROMPT_AFTER_S)

    def ends(self) -> None:
        """Note that the callee has said something."""
        self._asked = 0

    def ask(self, now_s: float) -> None:
        """Ask whether the callee is there; take leave of one who has not answered twice."""
        if self._asked == REPROMPTS:
            self._closing.say_goodbye(phrases.NOBODY_THERE, Outcome.CUT_OFF, now_s)
        else:
            self._asked += 1
            self._replies.say(phrases.STILL_THERE, now_s)
