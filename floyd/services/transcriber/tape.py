"""A call's audio on its way to the recogniser, kept until nobody can need it any more; pure.

Positions count bytes of 8 kHz mu-law from the beginning of the call.
"""

BYTES_PER_S = 8000
_FRAME_BYTES = BYTES_PER_S // 50
# About -42 dBFS: above a quiet line, below the softest speech. A byte's sign does not matter.
_SOFTEST = 24
_QUIET_BYTES = bytes(byte for byte in range(256) if 127 - (byte & 127) < _SOFTEST)
_LOUD_BYTES_OF_SOUND = _FRAME_BYTES // 8


class Tape:
    """The latest audio, up to a limit.

    Args:
        longest_s: how much is kept; what is older is lost, used or not.

    Attributes:
        begin: the position of the oldest audio that is still there.
    """

    def __init__(self, longest_s: float) -> None:
        self._longest = round(longest_s * BYTES_PER_S)
        self._audio = bytearray()
        self.begin = 0

    @property
    def end(self) -> int:
        """The position behind the newest audio."""
        return self.begin + len(self._audio)

    def append(self, mulaw: bytes) -> None:
        """Add what was heard."""
        self._audio += mulaw
        self.forget(self.end - self._longest)

    def read(self, position: int, most: int) -> bytes:
        """Return up to so many bytes from a position that is still there."""
        at = position - self.begin
        return bytes(self._audio[at : at + most])

    def forget(self, before: int) -> None:
        """Drop what lies before a position."""
        dropped = min(max(before - self.begin, 0), len(self._audio))
        del self._audio[:dropped]
        self.begin += dropped

    def sound_after(self, position: int) -> int:
        """Return where the first sound at or after a position is, or the end."""
        first = max(position - self.begin, 0)
        for at in range(first, len(self._audio), _FRAME_BYTES):
            frame = self._audio[at : at + _FRAME_BYTES]
            if len(frame.translate(None, _QUIET_BYTES)) >= _LOUD_BYTES_OF_SOUND:
                return self.begin + at
        return self.end
