"""How a call begins: the callee's first words, who calls, and a machine that answers; pure.

The opening owns one promise: no word of the task is said before the callee has heard to its end
that an AI calls, and for whom.
"""

from floyd.calls.brief import CallBrief
from floyd.calls.greeting import NOTHING_SAID_S, pause_before_introduction_s
from floyd.calls.hearing import Hearing
from floyd.calls.replies import Replies, Reply
from floyd.calls.timers import Timers

LONGEST_GREETING_S = 25.0

_MACHINE_READY = {"machine_end_beep", "machine_end_silence"}


class Opening:
    """The beginning of one call.

    Args:
        brief: says what Floyd begins with.
        replies: where it is said.
        timers: `introduce` is set here, to be answered with `introduce`.

    Attributes:
        waiting: the callee's first words are yet to come, or going on.
        disclosed: the callee has heard to its end who calls.
    """

    def __init__(self, brief: CallBrief, replies: Replies, timers: Timers) -> None:
        self._brief = brief
        self._replies = replies
        self._timers = timers
        self._introduction: Reply | None = None
        self.waiting = not brief.answered
        self.disclosed = brief.disclosed

    @property
    def just_begun(self) -> bool:
        """The introduction has only just begun: words that come now were meant for the greeting."""
        introduction = self._introduction
        return introduction is not None and not self.disclosed and not introduction.sent

    def await_greeting(self, now_s: float) -> None:
        """Let the callee speak first, if they do."""
        self._timers.set("introduce", now_s + NOTHING_SAID_S)
        self._timers.set("greeting_over", now_s + LONGEST_GREETING_S)

    def greeting_paused(self, heard: Hearing) -> None:
        """Introduce Floyd soon, unless the greeting goes on."""
        pause_s = pause_before_introduction_s(heard.text, heard.paused_s - heard.started_s)
        self._timers.set("introduce", heard.paused_s + pause_s)

    def end(self) -> None:
        """Wait for no greeting any more."""
        self.waiting = False
        self._timers.cancel("introduce", "greeting_over")

    def introduce(self, asked_s: float) -> None:
        """Say who calls, and why.

        Args:
            asked_s: when the greeting ended, from which the introduction's time counts.
        """
        self.end()
        self._say_introduction(asked_s)
        self._replies.say(self._brief.first_line, asked_s)

    def leave_message(self, message: str, now_s: float) -> None:
        """Say who calls and leave a message on a machine."""
        self._say_introduction(now_s)
        self._replies.say(message, now_s)

    def introduce_before_answer(self, now_s: float) -> None:
        """Say again who calls, before anything else, if that has not been heard to its end."""
        if not self.disclosed and not self.just_begun:
            self._say_introduction(now_s)

    def cut_off_by(self, reply: Reply | None, now_s: float) -> None:
        """Say again who calls if silencing a misread clause of another reply has cut that off."""
        begun = self._introduction is not None and not self.disclosed
        if begun and reply is not self._introduction:
            self._say_introduction(now_s, ahead=True)

    def note_heard(self) -> None:
        """Note whether the introduction was heard to its end by now."""
        if self._introduction and self._introduction.heard and not self.disclosed:
            self.disclosed = not self._introduction.heard[-1].endswith("—")

    def is_introduction(self, reply: Reply) -> bool:
        """Say whether a reply is the last introduction that was said."""
        return reply is self._introduction

    def _say_introduction(self, asked_s: float, *, ahead: bool = False) -> None:
        self._introduction = self._replies.say(self._brief.introduction, asked_s, ahead=ahead)


def is_ready_for_message(answered_by: str) -> bool:
    """Say whether a verdict, in Twilio's words, means a voicemail that records now."""
    return answered_by in _MACHINE_READY
