"""How a call begins: their first words if Floyd phones, then who speaks, and for whom; pure.

The opening owns one promise: no word of the task is said before the other side has heard to its end
that an AI speaks.
"""

from collections.abc import Sequence

from floyd.calls import phrases
from floyd.calls.brief import CallBrief
from floyd.calls.greeting import (
    NOTHING_SAID_S,
    SHORTEST_GREETING_S,
    pause_before_introduction_s,
)
from floyd.calls.hearing import Hearing
from floyd.calls.replies import Replies, Reply
from floyd.calls.timers import Timers
from floyd.calls.vocabulary import Turn

LONGEST_GREETING_S = 25.0

_LINE_IS_BACK = "The line was lost and is back; you have just apologised for it. Go on."
_MACHINE_READY = {"machine_end_beep", "machine_end_silence"}


class Opening:
    """The beginning of one call.

    Args:
        brief: says what Floyd begins with.
        replies: where it is said.
        timers: `introduce` and `greeting_over` are set here, to be answered with `introduce`.

    Attributes:
        waiting: nothing was said yet; a callee's first words are yet to come, or going on.
        disclosed: the other side has heard to its end that an AI speaks, or knows it anyway.
    """

    def __init__(self, brief: CallBrief, replies: Replies, timers: Timers) -> None:
        self._role = brief.role
        self._replies = replies
        self._timers = timers
        self._introduction: Reply | None = None
        self._apology: Reply | None = None
        self.waiting = not brief.answered
        self.disclosed = brief.disclosed

    @property
    def just_begun(self) -> bool:
        """The introduction has only just begun: words that come now were meant for the greeting."""
        introduction = self._introduction
        return introduction is not None and not self.disclosed and not introduction.sent

    @property
    def about_to_sound(self) -> bool:
        """The introduction was begun, and nothing of it can be heard yet."""
        introduction = self._introduction
        return introduction is not None and not introduction.sounded and not introduction.dropped

    def begin(self, now_s: float) -> None:
        """Speak at once if Floyd was called; else let the callee speak first, if they do."""
        if self._role.speaks_first:
            self.introduce(asked_s=0.0)  # it was asked for when the stream began
        else:
            self._timers.set("introduce", now_s + NOTHING_SAID_S)
            self._timers.set("greeting_over", now_s + LONGEST_GREETING_S)

    def greeting_paused(self, heard: Hearing) -> None:
        """Introduce Floyd soon, unless the greeting goes on or is yet to come."""
        spoken_s = heard.paused_s - heard.started_s
        if not heard.text and spoken_s < SHORTEST_GREETING_S:
            pause_s = NOTHING_SAID_S
        else:
            pause_s = pause_before_introduction_s(heard.text, spoken_s)
        self._timers.set("introduce", heard.paused_s + pause_s)

    def end(self) -> None:
        """Wait for no greeting any more."""
        self.waiting = False
        self._timers.cancel("introduce", "greeting_over")

    def introduce(self, asked_s: float) -> None:
        """Say who speaks, and why.

        Args:
            asked_s: when the greeting ended, from which the introduction's time counts.
        """
        self.end()
        self._say_introduction(asked_s)
        if self._role.first_line:
            self._replies.say(self._role.first_line, asked_s)

    def resume(self, turns: Sequence[Turn], now_s: float) -> str | None:
        """Apologise for a line that was lost, and say what was left unsaid then.

        Returns:
            What the model is told when it has to go on.
        """
        self._apology = self._replies.say(phrases.LINE_WAS_LOST, now_s)
        last = turns[-1:]
        if not self.disclosed:
            self.introduce(now_s)
        elif last and last[0].speaker == "floyd" and not last[0].text.endswith("—"):
            self._replies.say(phrases.SAY_AGAIN, now_s)
        else:
            return _LINE_IS_BACK
        return None

    def leave_message(self, message: str, now_s: float) -> None:
        """Say who speaks and leave a message on a machine."""
        self._say_introduction(now_s)
        self._replies.say(message, now_s)

    def introduce_before_answer(self, now_s: float) -> None:
        """Say again what comes first, where it was talked over: the apology, and who speaks."""
        if self._apology and self._apology.dropped and not _was_heard(self._apology):
            self._apology = self._replies.say(phrases.LINE_WAS_LOST, now_s)
        if not self.disclosed and not self.just_begun:
            self._say_introduction(now_s)

    def cut_off_by(self, reply: Reply | None, now_s: float) -> None:
        """Say again who speaks if silencing a misread clause of another reply has cut that off."""
        begun = self._introduction is not None and not self.disclosed
        if begun and reply is not self._introduction:
            self._say_introduction(now_s, ahead=True)

    def note_heard(self) -> None:
        """Note whether the introduction was heard to its end by now."""
        if self._introduction and not self.disclosed:
            self.disclosed = _was_heard(self._introduction)

    def is_introduction(self, reply: Reply) -> bool:
        """Say whether a reply is the last introduction that was said."""
        return reply is self._introduction

    def _say_introduction(self, asked_s: float, *, ahead: bool = False) -> None:
        self._introduction = self._replies.say(self._role.introduction, asked_s, ahead=ahead)


def _was_heard(reply: Reply) -> bool:
    """Say whether a reply of one clause was heard to its end."""
    return bool(reply.heard) and not reply.heard[-1].endswith("—")


def is_ready_for_message(answered_by: str) -> bool:
    """Say whether a verdict, in Twilio's words, means a voicemail that records now."""
    return answered_by in _MACHINE_READY
