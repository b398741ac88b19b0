"""Floyd's answer to the callee: prepared while they may go on, released when they do not; pure.

Exactly one answer is under way at a time. It is waited for no longer than a person would wait: a
word of patience after a moment, a second try after a failure, and then it is given up.
"""

from floyd.calls import phrases
from floyd.calls.endpointing import same_words
from floyd.calls.replies import Replies, Reply
from floyd.calls.timers import Timers

FILLER_AFTER_S = 1.5
GIVE_UP_AFTER_S = 5.0
MOST_FILLERS = 2


class Answering:
    """The answer to the callee's present turn.

    Args:
        replies: where it is made and said.
        timers: `filler` and `give_up` are set here.

    Attributes:
        failures: how often the answer to this turn went wrong.
    """

    def __init__(self, replies: Replies, timers: Timers) -> None:
        self._replies = replies
        self._timers = timers
        self._draft: Reply | None = None
        self._answer: Reply | None = None
        self.failures = 0
        self._fillers = 0

    @property
    def under_way(self) -> bool:
        """An answer was released and not all of it was handed over yet."""
        return self._answer is not None

    @property
    def about_to_sound(self) -> bool:
        """An answer was released of which nothing can be heard yet."""
        return self._answer is not None and not self._answer.sounded

    def is_answer(self, reply: Reply) -> bool:
        """Say whether a reply is the answer under way."""
        return reply is self._answer

    def is_draft(self, reply: Reply) -> bool:
        """Say whether a reply is the one that is prepared."""
        return reply is self._draft

    @property
    def _out_of_patience(self) -> bool:
        """The callee was asked for patience again and again, may have granted it, got no answer."""
        return self._fillers >= MOST_FILLERS

    # --- Ahead of the end of the turn -------------------------------------------------------------

    def prepare(self, text: str, paused_s: float) -> None:
        """Have a reply written and voiced ahead, to be released if the turn ends here."""
        if self._replies.playing or (self._draft and same_words(self._draft.answers, text)):
            return
        self.drop_draft()
        self._draft = self._replies.generate(text, paused_s)

    def drop_draft(self) -> None:
        """Forget what was prepared."""
        if self._draft:
            self._replies.drop(self._draft)
            self._draft = None

    def take(self, text: str, paused_s: float, now_s: float) -> Reply:
        """Return the reply to a turn that has ended: what was prepared, if it answers its words."""
        self.failures = 1 if self._out_of_patience else 0
        draft, self._draft = self._draft, None
        if draft and not same_words(draft.answers, text):
            self._replies.drop(draft)
            draft = None
        if draft is None:
            draft = self._replies.generate("", paused_s)
        draft.time("endpoint", now_s)
        return draft

    # --- On its way -------------------------------------------------------------------------------

    def release(self, reply: Reply, now_s: float) -> None:
        """Let a reply be heard; it is the answer from now on."""
        self._replies.release(reply)
        self._answer = reply
        if self._out_of_patience:
            self._timers.set("give_up", now_s + FILLER_AFTER_S)
            return
        if not reply.sounded:
            self._timers.set("filler", max(now_s, reply.asked_s + FILLER_AFTER_S))
        self._timers.set("give_up", now_s + GIVE_UP_AFTER_S)

    def goes_on(self, now_s: float) -> None:
        """Note that something of the answer came: stuck is it only if nothing follows for long."""
        assert self._answer
        if self._answer.sounded:
            self._timers.cancel("filler")
            self._fillers = 0
        if self._answer.complete:
            self.forget()
        else:
            self._timers.set("give_up", now_s + GIVE_UP_AFTER_S)

    def fill(self, now_s: float) -> None:
        """Ask for patience, if there is nothing to be heard yet."""
        if self.about_to_sound:
            self._fillers += 1
            self._replies.say(phrases.ONE_MOMENT, now_s, ahead=True)

    def fail(self) -> None:
        """Give up the answer under way."""
        if self._answer:
            self._replies.drop(self._answer)
        self.forget()
        self.failures += 1

    def forget(self) -> None:
        """Wait for no answer any more."""
        self._answer = None
        self._timers.cancel("filler", "give_up")
