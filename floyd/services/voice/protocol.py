"""What Floyd asks of a voice: text in; sound and the words really said out."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Spoken:
    """A piece of speech.

    Attributes:
        mulaw: 8 kHz mono mu-law, possibly empty.
        words: what the voice says it said since the last piece, possibly empty; concatenated
            pieces give the transcript. A voice that reads exactly gives the text itself.
    """

    mulaw: bytes
    words: str


class Speaking(Protocol):
    """A voice that is warmed up for one call."""

    def speak(self, text: str) -> AsyncGenerator[Spoken]:
        """Yield the speech of a text as it comes; closing the iterator cancels it.

        Raises:
            VoiceError: the voice failed.
        """
        ...

    async def close(self) -> None:
        """Let go of the voice's connection."""
        ...


class Voice(Protocol):
    """Opens voices."""

    async def open(self) -> Speaking:
        """Return a voice ready to speak.

        Raises:
            VoiceError: it cannot be reached.
        """
        ...

    def warm_up(self) -> None:
        """Make the client now, on the loop that will use it: a first call would wait 200 ms."""
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...
