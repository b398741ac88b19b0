"""Another AI assistant on the line: polite, never at a loss for words, never first to hang up."""

import random
from collections.abc import Mapping, Sequence

from floyd.sandbox.people.mind import Reply


class OtherAssistant:
    """One call of an assistant that always has a next sentence.

    Args:
        says: its `introduction`, and what it says whatever it `hears` and in `silence`.
        picks_up: it was called, so it speaks first.
    """

    def __init__(
        self, says: Mapping[str, Sequence[str]], draw: random.Random, *, picks_up: bool
    ) -> None:
        self._says = says
        self._draw = draw
        self._picks_up = picks_up
        self._introduced = False
        self._said = ""

    def greet(self) -> Reply | None:
        """Introduce itself when called; as a caller wait for the greeting."""
        return self._next("hears") if self._picks_up else None

    def on_turn(self, heard: str) -> Reply | None:
        """Say something kind."""
        return self._next("hears")

    def on_silence(self) -> Reply | None:
        """Ask politely whether anyone is there."""
        return self._next("silence")

    def _next(self, occasion: str) -> Reply:
        """A line, though never the same twice in a row; the first one is the introduction."""
        occasion = occasion if self._introduced else "introduction"
        self._introduced = True
        lines = self._says[occasion]
        self._said = self._draw.choice([line for line in lines if line != self._said] or lines)
        return Reply(self._said)
