"""A family's side of an errand: what its user texts and says, and when there is nothing left to do.

The user waits until Floyd has dealt with all that has reached it: its database says when, never
what. Whoever was not heard says it again; whoever is asked answers.
"""

import re

from chaos.invariants import VOICEMAILS
from chaos.kinds import BY_TEXT, Kind, Step
from floyd.errands.lifecycle import CLOSED, State
from floyd.reports.wording import shortened
from floyd.sandbox.client import ATTESTED, SandboxClient
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import REPEATS, story_of
from floyd.store.models import Call, Errand, InboundText, OutboundText

_AT_REST = [*CLOSED, State.WAITING_FOR_USER, State.SCHEDULED]
_PATIENCE_S = 2.0
_MOST_REPEATS = 8
_MOST_ANSWERS = 8
_AGAIN = r"Shall I (?:try|call) again\?|Shall I do that\?"
_YES, _NO = "Yes, please.", "No, thank you."
_MOST_YESES = 3
_NO_MORE = "Never mind, cancel it."


class Family:
    """A user with one errand, and the school that it may be about.

    Args:
        number: which family it is, from 0.
        kind: of their errand.
        scenario: who they are; its story is the kind's.
    """

    def __init__(self, number: int, kind: Kind, scenario: Scenario) -> None:
        self.number = number
        self.kind = kind
        self.scenario = scenario
        self.calls: list[str] = []
        self.began_at = 0.0
        self.ended_at = 0.0
        self._texts: list[str] = []
        self._steps = list(kind.steps)
        self._done: Step | None = None
        self._later = kind.later
        self._read = 0
        self._answers = 0
        self._yeses = 0
        self._repeats = 0

    def __str__(self) -> str:
        return f"#{self.number + 1:02} {self.kind.name}"

    @property
    def phone(self) -> str:
        """The user's number."""
        return self.scenario.user_phone

    @property
    def patience_s(self) -> float:
        """How long the user waits at least before doing more, in real seconds."""
        return _PATIENCE_S * (1 + self._repeats)

    def errands(self) -> list[Errand]:
        """What Floyd does for the user, oldest first."""
        user = Errand.user.rel_model
        mine = Errand.select().join(user).where(user.phone == self.phone)
        return list(mine.order_by(Errand.id))

    def is_over(self) -> bool:
        """Return whether all is done that this user wanted."""
        errands = self.errands()
        return not self._steps and bool(errands) and all(e.state in CLOSED for e in errands)

    def is_at_rest(self, over: set[str]) -> bool:
        """Return whether Floyd has nothing left to do for this user.

        Args:
            over: the calls that have ended, by SID.
        """
        taken = InboundText.select().where(
            InboundText.sid.in_(self._texts), InboundText.understood_at.is_null(False)
        )
        phones = (self.phone, self.scenario.school_phone)
        mine = InboundText.phone == self.phone
        waiting = (
            InboundText.select().where(mine, InboundText.understood_at.is_null()),
            Call.select().where(Call.phone.in_(phones), Call.reported_at.is_null()),
            OutboundText.select().where(
                OutboundText.phone == self.phone, OutboundText.state.in_(("queued", "sending"))
            ),
        )
        return (
            over.issuperset(self.calls)
            and taken.count() == len(self._texts)
            and not any(query.exists() for query in waiting)
            and all(errand.state in _AT_REST for errand in self.errands())
        )

    def go_on(self, sandbox: SandboxClient) -> str:
        """Do what comes next, now that Floyd has nothing left to do; say what, if anything."""
        errands = self.errands()
        if self._done is not None and not errands:
            return self._say_again(sandbox)
        if self._later and self._was_called(errands):
            sandbox.put_phone(self.scenario.school_phone, self._later)
            self._later = ""
        if self._steps:
            return self._take(self._steps.pop(0), sandbox)
        if not all(errand.state in CLOSED for errand in errands):
            return self._answer(sandbox)
        return ""

    def _say_again(self, sandbox: SandboxClient) -> str:
        if self._repeats == _MOST_REPEATS or self._done is None:
            return ""
        self._repeats += 1
        return f"not heard; {self._take(self._done, sandbox)}"

    def _take(self, step: Step, sandbox: SandboxClient) -> str:
        self._done = step
        phone = self.scenario.school_phone if step.by_school else self.phone
        if step.caller == BY_TEXT:
            self._text(self.scenario.request, sandbox)
            return "texts"
        self.calls.append(sandbox.call_floyd(phone, step.caller, ATTESTED))
        return f"{step.caller} calls"

    def _text(self, body: str, sandbox: SandboxClient) -> None:
        self._texts.append(sandbox.send_text(self.phone, body))

    def _answer(self, sandbox: SandboxClient) -> str:
        """Answer the last of Floyd's texts that asks something since the last answer."""
        received = [text.body for text in sandbox.thread(self.phone) if text.direction == "in"]
        unread, self._read = received[self._read :], len(received)
        for body in reversed(unread):
            if answer := self._answer_to(body, sandbox):
                self._answers += 1
                answer = answer if self._answers <= _MOST_ANSWERS else _NO_MORE
                self._text(answer, sandbox)
                return f'"{shortened(body)}" - "{answer}"'
        return ""

    def _answer_to(self, body: str, sandbox: SandboxClient) -> str | None:
        if self.kind.answer and re.search(self.kind.answer[0], body, re.IGNORECASE):
            return self.kind.answer[1]
        if re.search(_AGAIN, body):
            self._yeses += 1
            return _NO if self._yeses > _MOST_YESES or self._is_noted(sandbox) else _YES
        if "?" not in body or body.startswith(REPEATS):
            return None
        reply = story_of(self.scenario).answer_to(body)
        return reply or _NO_MORE

    def _is_noted(self, sandbox: SandboxClient) -> bool:
        """Return whether the callee knows already: who is asked to try again asks there first."""
        calls = Call.select().where(Call.errand.in_(self.errands()))
        sids = {call.sid for call in calls}
        books = sandbox.order_books().items()
        agreed = [entry for name, book in books if name != VOICEMAILS for entry in book]
        return any(entry["call"] in sids for entry in agreed)

    def _was_called(self, errands: list[Errand]) -> bool:
        school = (Call.errand.in_(errands)) & (Call.phone == self.scenario.school_phone)
        return bool(Call.select().where(school).exists())
