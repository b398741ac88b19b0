"""What Floyd asks of a recogniser."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Transcript:
    """What was heard so far of one utterance.

    Attributes:
        text: the words of the whole utterance as understood now; an interim one may be revised.
        is_final: True when no more will come for this utterance.
    """

    text: str
    is_final: bool


class Listening(Protocol):
    """One live stream of speech."""

    def send(self, mulaw: bytes) -> None:
        """Queue 8 kHz mono mu-law audio; never blocks."""
        ...

    def transcripts(self) -> AsyncGenerator[Transcript]:
        """Yield transcripts until the stream is closed.

        Raises:
            TranscriberError: the recogniser cannot be reached any more.
        """
        ...

    async def close(self) -> None:
        """End the stream."""
        ...


class Transcriber(Protocol):
    """Opens streams of recognition."""

    def listen(self, phrases: Sequence[str]) -> Listening:
        """Return a stream; `phrases` are names and words likely to be heard."""
        ...

    def warm_up(self) -> None:
        """Make the client now, on the loop that will use it: a first call would wait 200 ms."""
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...
