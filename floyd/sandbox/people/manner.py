"""How somebody is on the phone, whatever the call is about: a data file's head in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Manner:
    """A voice and its timing.

    Attributes:
        rings: after how many they pick up.
        patience_ms: how long the other side must be silent before it is their turn.
        silence_ms: how long nobody may speak before they ask whether anyone is there.
        yields_after_ms: how long they speak on when spoken over.
    """

    voice: str
    words_per_minute: int
    rings: int
    patience_ms: int
    silence_ms: int
    yields_after_ms: int

    @classmethod
    def from_toml(cls, table: Mapping[str, Any]) -> "Manner":
        """Read what a data file says of it."""
        return cls(
            voice=table["voice"],
            words_per_minute=table["words_per_minute"],
            rings=table["rings"],
            patience_ms=table["patience_ms"],
            silence_ms=table["silence_ms"],
            yields_after_ms=table["yields_after_ms"],
        )
