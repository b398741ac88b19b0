"""What a user says on the phone to Floyd: turns heard in, the request and answers out. Pure."""

import random
from collections import deque

from floyd.sandbox.people import phrases
from floyd.sandbox.people.answers import answer_to, question_in
from floyd.sandbox.people.caller import Caller
from floyd.sandbox.people.mind import Reply

GONE = "//"
SENTENCE_ENDS = (".", "?", "!")
MAX_SILENCES = 2


class ErrandOfACaller:
    """One call to Floyd, as this user makes it."""

    def __init__(self, caller: Caller, draw: random.Random) -> None:
        self._caller = caller
        self._draw = draw
        self._to_say = deque(draw.choice(caller.requests))
        self._said = ""
        self._heard = ""
        self._turns = 0
        self._silences = 0
        self._has_left = False

    def greet(self) -> Reply | None:
        """Wait for the greeting."""
        return None

    def on_silence(self) -> Reply | None:
        """Ask whether anyone is there, go on with the request, or give up."""
        if self._has_left:
            return None
        if self._heard:
            return self._on_all(self._heard)
        if self._said and self._to_say:
            return self._request()
        self._silences += 1
        return self._leave() if self._silences > MAX_SILENCES else self._say("anyone_there")

    def on_turn(self, heard: str) -> Reply | None:
        """Say the request; then answer, agree to what is repeated, and say goodbye.

        Whoever is not at the end of a sentence is not spoken over.
        """
        self._silences = 0
        if self._has_left:
            return None
        heard = f"{self._heard} {heard}".strip()
        if heard.endswith(SENTENCE_ENDS):
            return self._on_all(heard)
        self._heard = heard
        return None

    def _on_all(self, heard: str) -> Reply | None:
        self._heard = ""
        question = question_in(heard)
        if phrases.GOODBYE.search(heard) and not question:
            return self._leave()
        if self._to_say:
            return self._request()
        if phrases.HOLD_ON.search(heard) and not question:
            return None
        self._turns += 1
        if self._turns > self._caller.most_turns:
            return self._leave()
        return self._react(heard, question)

    def _request(self) -> Reply:
        """Say the next part of the request, to its end or to where the line goes dead."""
        said, _, unsaid = self._to_say.popleft().partition(GONE)
        self._said, self._has_left = said.strip(), bool(unsaid)
        return Reply(self._said, leaves=self._has_left, unsaid=unsaid.strip())

    def _react(self, heard: str, question: str) -> Reply:
        caller = self._caller
        answer = answer_to(question, caller.own_answers, self._draw)
        if answer := answer or answer_to(question, caller.answers, self._draw):
            self._said = answer
            return Reply(answer)
        if phrases.UNHEARD.search(heard) or phrases.OFFERS_HELP.search(question):
            return Reply(self._said)
        if not question:
            return self._say("thanks")
        if phrases.ANYTHING_ELSE.search(question):
            return self._say("nothing_else")
        return self._say("yes" if phrases.CHECKS.search(question) else "unknown")

    def _leave(self) -> Reply:
        self._has_left = True
        return Reply(self._line("goodbye"), leaves=True)

    def _say(self, occasion: str) -> Reply:
        return Reply(self._line(occasion))

    def _line(self, occasion: str) -> str:
        return self._draw.choice(self._caller.says[occasion])
