"""How a call ends: what it has concluded, Floyd's last words, and the last word let pass; pure."""

from collections.abc import Callable
from typing import Any

from floyd.calls import phrases, tools
from floyd.calls.replies import Replies
from floyd.calls.roles import Role
from floyd.calls.timers import Timers
from floyd.calls.transcript import Transcript
from floyd.calls.two_assistants import last_words_are_due
from floyd.calls.vocabulary import Command, RecordFinish, TakenUp, TakeUp, ToolCalled
from floyd.prompts.schemas import Outcome

LAST_WORD_S = 1.5
LONGEST_GOODBYE_S = 12.0

_TAKEN_UP = "Now you know which call is returned: see `plan`. Say in a few words what it was about."
_NOT_TAKEN_UP = "That errand is over and you know nothing about it. Offer to take a message."


class Closing:
    """The end of one call, and the model's say in it.

    Args:
        role: says what the model may do.
        transcript: what was said; a conclusion must be proven by it.
        replies: where goodbyes are said.
        timers: `hang_up` and `goodbye_over` are set here, to be answered with hanging up.
        do: takes the commands.

    Attributes:
        finish: what the call has concluded (outcome, evidence, missing); None while it goes on.
    """

    def __init__(
        self,
        role: Role,
        transcript: Transcript,
        replies: Replies,
        timers: Timers,
        do: Callable[[Command], None],
    ) -> None:
        self._tools = role.tools
        self._candidates = role.candidates
        self._transcript = transcript
        self._replies = replies
        self._timers = timers
        self._do = do
        self._models_finish: dict[str, Any] | None = None
        self.finish: dict[str, Any] | None = None

    @property
    def is_due(self) -> bool:
        """Two assistants are talking, and one must end it now."""
        return last_words_are_due(self._transcript.turns())

    def carry_out(self, call: ToolCalled) -> str | None:
        """Do what the model asks for with a tool; return why not if it is refused."""
        said = self._transcript.said_by("callee")
        verdict = tools.check(call, self._tools, said, self._candidates)
        if isinstance(verdict, tools.Refused):
            return verdict.reason
        if isinstance(verdict, TakeUp):
            self._candidates = frozenset()
            self._do(verdict)
        else:
            self.finish = self._models_finish = verdict
        return None

    def be_taken_up(self, event: TakenUp) -> str:
        """Offer the model the tools of an errand's call, or of none's; return what it is told."""
        if event.errand is None:
            self._tools = tools.OF_THE_DESK
            return _NOT_TAKEN_UP
        self._tools = tools.OF_AN_ERRAND
        return _TAKEN_UP

    def conclude(self, outcome: Outcome) -> None:
        """Conclude the call without the model."""
        self.finish = tools.conclusion(outcome)

    def fail(self) -> None:
        """Conclude that the call failed, unless it has come to something before."""
        if not self.finish:
            self.conclude(Outcome.FAILED)

    def reopen(self) -> None:
        """Go on: the other side has something new to say."""
        self.finish = None

    def say_goodbye(self, last_words: str, outcome: Outcome, now_s: float) -> None:
        """Say goodbye for a reason of our own."""
        self._replies.say(last_words, now_s)
        self.conclude(outcome)
        self._timers.set("goodbye_over", now_s + LONGEST_GOODBYE_S)

    def part(self, now_s: float) -> None:
        """Say goodbye to another assistant; what the model has concluded before stays true."""
        self.say_goodbye(phrases.BOTH_ASSISTANTS, Outcome.DECLINED, now_s)
        self.finish = self._models_finish or self.finish

    def await_last_word(self, now_s: float, *, listening: bool) -> None:
        """Hang up when the other side has had the time for a last word, if that is heard."""
        if not self._timers.is_set("hang_up"):
            self._timers.set("hang_up", now_s + (LAST_WORD_S if listening else 0.0))

    def write_down(self) -> None:
        """Record what the call has concluded, if it has."""
        if self.finish:
            self._do(RecordFinish(self.finish))
