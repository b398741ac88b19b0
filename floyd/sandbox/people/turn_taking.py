"""Whose turn it is: what a person hears, frame by frame, in; the moments to react out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from floyd.sandbox.sound import HeardWord


@dataclass(frozen=True)
class TurnHeard:
    """The other side said something and has been silent long enough."""

    text: str


@dataclass(frozen=True)
class Interrupted:
    """The other side talks over this person and does not stop."""


@dataclass(frozen=True)
class NobodySpoke:
    """It has been silent for an awkwardly long time."""


Happening = TurnHeard | Interrupted | NobodySpoke


class TurnTaking:
    """Watches a conversation from one side.

    Args:
        patience_ms: silence after which the other side's turn is over.
        silence_ms: silence of both sides that is awkward.
        yields_after_ms: how long this person goes on when spoken over.
    """

    def __init__(self, patience_ms: int, silence_ms: int, yields_after_ms: int) -> None:
        self._patience_ms = patience_ms
        self._silence_ms = silence_ms
        self._yields_after_ms = yields_after_ms
        self._words: list[str] = []
        self._they_spoke_at_ms = 0
        self._anyone_spoke_at_ms = 0
        self._overlap_since_ms: int | None = None

    def on_frame(
        self, now_ms: int, heard: Sequence[HeardWord], *, they_speak: bool, i_speak: bool
    ) -> Happening | None:
        """Take what one more frame brought."""
        if heard:
            self._words += [word.text for word in heard]
            self._they_spoke_at_ms = heard[-1].end_ms
        if they_speak:
            self._they_spoke_at_ms = now_ms
        if they_speak or i_speak or heard:
            self._anyone_spoke_at_ms = now_ms
        if they_speak and i_speak:
            return self._on_overlap(now_ms)
        self._overlap_since_ms = None
        return None if they_speak or i_speak else self._on_silence(now_ms)

    def _on_overlap(self, now_ms: int) -> Happening | None:
        if self._overlap_since_ms is None:
            self._overlap_since_ms = now_ms
        if now_ms - self._overlap_since_ms < self._yields_after_ms:
            return None
        self._overlap_since_ms = None
        return Interrupted()

    def _on_silence(self, now_ms: int) -> Happening | None:
        if self._words and now_ms - self._they_spoke_at_ms >= self._patience_ms:
            text, self._words = " ".join(self._words), []
            return TurnHeard(text)
        if not self._words and now_ms - self._anyone_spoke_at_ms >= self._silence_ms:
            self._anyone_spoke_at_ms = now_ms
            return NobodySpoke()
        return None
