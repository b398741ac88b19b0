"""What a phone asks of whoever holds it: turns heard in, replies out."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Reply:
    """What a person does when it is their turn.

    Attributes:
        text: what they say.
        leaves: they hang up soon after it.
        unsaid: how the sentence would go on: behind `text` they hang up in the middle of it.
        agreement: what is agreed once it has been said, by slot.
    """

    text: str
    leaves: bool = False
    unsaid: str = ""
    agreement: dict[str, str] | None = None


class Mind(Protocol):
    """One call, as somebody takes it."""

    def greet(self) -> Reply | None:
        """The line is open; None waits for the other side's greeting."""

    def on_turn(self, heard: str) -> Reply | None:
        """The other side has said something; None when no answer is due."""

    def on_silence(self) -> Reply | None:
        """Nobody has spoken for a while."""
