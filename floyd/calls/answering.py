"""Floyd's answer to the callee: prepared while they may go on, released when they do not; pure.

Exactly one answer is under way at a time. It is waited for no longer than a person would wait: a
word of patience after a moment, a second try after a failure, and then it is given up.
"""

from floyd.calls import phrases
from floyd.calls.replies import Replies, Reply
from floyd.calls.timers import Timers
from floyd.calls.words import same_words

FILLER_AFTER_S = 1.5
# After a turn that was waited out for long its answer is nearly there.
FILLER_AT_LEAST_AFTER_S = 0.3
GIVE_UP_AFTER_S = 5.0
MOST_FILLERS = 2

# Who is in the middle of something is waited for longer than a reply takes to be made: it is
# prepared only shortly before.
PATIENT_FROM_S = 1.2
HEAD_START_S = 0.7
# A speaker whose every breath was taken for the end is listened to a little longer, and one who
# never comes to an end is not answered ahead at all.
DRAFTS_AT_ONCE = 3
LATER_DRAFTS_AFTER_S = 0.25
MOST_DRAFTS = 8


class Answering:
    """The answer to the callee's present turn.

    Args:
        replies: where it is made and said.
        timers: `draft`, `filler` and `give_up` are set here; `draft` to be answered with `draft`.

    Attributes:
        failures: how often the answer to this turn went wrong.
    """

    def __init__(self, replies: Replies, timers: Timers) -> None:
        self._replies = replies
        self._timers = timers
        self._draft: Reply | None = None
        self._drafts = 0
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

    def prepare(self, text: str, paused_s: float, delay_s: float, now_s: float) -> None:
        """Have a reply made ahead, in time to be heard when the turn ends with this pause.

        Args:
            text: the words of the turn so far.
            paused_s: when the pause began.
            delay_s: how long it must last for the turn to be over.
            now_s: the time.
        """
        if self._replies.playing or self._is_drafted(text) or self._drafts >= MOST_DRAFTS:
            return
        wait_s = LATER_DRAFTS_AFTER_S if self._drafts >= DRAFTS_AT_ONCE else 0.0
        if delay_s >= PATIENT_FROM_S:
            wait_s = delay_s - HEAD_START_S
        self._timers.set("draft", max(now_s, paused_s + wait_s))

    def draft(self, text: str, paused_s: float) -> None:
        """Have the reply to the turn so far written and voiced, to be released if it ends here."""
        if not self._is_drafted(text):
            self.drop_draft()
            self._draft = self._replies.generate(text, paused_s)
            self._drafts += 1

    def words_changed(self, text: str) -> None:
        """Forget what was prepared for other words; no sooner than it is known to be in vain."""
        if not self._is_drafted(text):
            self.drop_draft()

    def drop_draft(self) -> None:
        """Forget what was prepared."""
        self._timers.cancel("draft")
        if self._draft:
            self._replies.drop(self._draft)
            self._draft = None

    def take(self, text: str, paused_s: float, now_s: float) -> Reply:
        """Return the reply to a turn that has ended: what was prepared, if it answers its words."""
        self.failures = 1 if self._out_of_patience else 0
        self.words_changed(text)
        reply = self._draft or self._replies.generate("", paused_s)
        wasted = self._drafts - (self._draft is not None)
        self._draft, self._drafts = None, 0
        self._timers.cancel("draft")
        reply.time("endpoint", now_s)
        if wasted:
            reply.timings["wasted_drafts"] = wasted
        return reply

    def _is_drafted(self, text: str) -> bool:
        return self._draft is not None and same_words(self._draft.answers, text)

    # --- On its way -------------------------------------------------------------------------------

    def release(self, reply: Reply, now_s: float) -> None:
        """Let a reply be heard; it is the answer from now on."""
        self._replies.release(reply)
        self._answer = reply
        if self._out_of_patience:
            self._timers.set("give_up", now_s + FILLER_AFTER_S)
            return
        if "first_sound" not in reply.timings:
            filler_s = max(now_s + FILLER_AT_LEAST_AFTER_S, reply.asked_s + FILLER_AFTER_S)
            self._timers.set("filler", filler_s)
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
        if self.about_to_sound and not self._replies.playing:
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
