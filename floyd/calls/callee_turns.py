"""The other side's turns, written down as they end and corrected as they are understood; pure."""

from collections.abc import Callable

from floyd.calls.hearing import HeardTurn, Hearing
from floyd.calls.transcript import Transcript
from floyd.calls.vocabulary import Command, RecordUtterance


class CalleeTurns:
    """Joins what is heard to the transcript.

    Args:
        hearing: whose turns are taken.
        transcript: where they are written down.
        do: takes the commands.
    """

    def __init__(
        self, hearing: Hearing, transcript: Transcript, do: Callable[[Command], None]
    ) -> None:
        self._hearing = hearing
        self._transcript = transcript
        self._do = do
        self._last: tuple[int, HeardTurn] | None = None

    def end(self) -> str:
        """Take the present turn's words as said and return them; they may be corrected later."""
        turn = self._hearing.take()
        position = self._transcript.add("callee", turn.text)
        self._last = position, turn
        if turn.text:
            self._record(position, turn, turn.text)
        return turn.text

    def correct(self) -> None:
        """Correct the turn that ended last: the recogniser understands it otherwise by now."""
        if self._last:
            position, turn = self._last
            self._transcript.replace(position, self._hearing.taken_text)
            self._record(position, turn, self._hearing.taken_text)

    def _record(self, position: int, turn: HeardTurn, text: str) -> None:
        self._do(RecordUtterance(position, "callee", text, None, turn.started_s, turn.ended_s))
