"""Somebody whom Floyd has phoned calls back: they introduce themselves, the rest is as usual."""

import random
from collections.abc import Sequence

from floyd.sandbox.people.answers import Answer, answer_to, question_in
from floyd.sandbox.people.conversation import Conversation
from floyd.sandbox.people.mind import Reply


class CallingBack:
    """One call back, which becomes the conversation that this person would have had."""

    def __init__(
        self,
        conversation: Conversation,
        introductions: Sequence[str],
        answers: Sequence[Answer],
        draw: random.Random,
    ) -> None:
        self._conversation = conversation
        self._introduction = draw.choice(introductions)
        self._answers = answers
        self._draw = draw
        self._introduced = False

    def greet(self) -> Reply | None:
        """Wait for the greeting."""
        return None

    def on_turn(self, heard: str) -> Reply | None:
        """Introduce themselves, say what only a caller is asked, else talk as usual."""
        if not self._introduced:
            return self._introduce()
        if answer := answer_to(question_in(heard), self._answers, self._draw):
            return Reply(answer)
        return self._conversation.on_turn(heard)

    def on_silence(self) -> Reply | None:
        """Begin without a greeting, else wonder as usual."""
        return self._conversation.on_silence() if self._introduced else self._introduce()

    def _introduce(self) -> Reply:
        self._introduced = True
        return Reply(self._introduction)
