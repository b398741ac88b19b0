"""The audio whose words are not final yet: what a new stream must hear again, so that none is lost.

Pure: bytes and stream times go in. A recogniser that starts over with this audio begins the same
utterance again; what was final before is not in it, so nothing is doubled. This is how Google's own
samples bridge the end of a stream.
"""

BYTES_PER_S = 8000
_LONGEST_UTTERANCE_S = 30
_BEFORE_SPEECH_S = 3


class UnfinishedAudio:
    """What was sent on the present stream since the last final result, within bounds."""

    def __init__(self) -> None:
        self._audio = bytearray()
        self._begins_at = 0
        self._hearing = False

    def sent(self, mulaw: bytes) -> None:
        """Note audio that goes out; of silence only the end is kept, where speech may begin."""
        self._audio += mulaw
        longest_s = _LONGEST_UTTERANCE_S if self._hearing else _BEFORE_SPEECH_S
        self._drop(len(self._audio) - longest_s * BYTES_PER_S)

    def heard_interim(self) -> None:
        """Note that an utterance has begun."""
        self._hearing = True

    def heard_final(self, end_s: float) -> None:
        """Note that all words up to a time of the stream are final."""
        self._drop(round(end_s * BYTES_PER_S) - self._begins_at)
        self._hearing = False

    def start_over(self) -> bytes:
        """Return what a new stream must hear first; the stream's time begins anew with it."""
        again = bytes(self._audio)
        self._audio.clear()
        self._begins_at = 0
        return again

    def _drop(self, count: int) -> None:
        dropped = min(max(count, 0), len(self._audio))
        del self._audio[:dropped]
        self._begins_at += dropped
