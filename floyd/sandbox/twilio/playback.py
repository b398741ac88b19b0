"""The buffer of a media stream: audio and marks in, frames and reached marks out as they play."""

from collections import deque

BYTES_PER_SECOND = 8000
# Twilio drops what goes beyond ten minutes of buffered audio (31931).
MAX_BUFFERED_BYTES = 600 * BYTES_PER_SECOND


class PlaybackBuffer:
    """Audio and marks in the order they came."""

    def __init__(self) -> None:
        self._queue: deque[bytes | str] = deque()
        self._offset = 0
        self.buffered_bytes = 0

    def add_audio(self, mulaw: bytes) -> int:
        """Queue audio; says how many bytes did not fit and were dropped."""
        kept = mulaw[: MAX_BUFFERED_BYTES - self.buffered_bytes]
        if kept:
            self._queue.append(kept)
            self.buffered_bytes += len(kept)
        return len(mulaw) - len(kept)

    def add_mark(self, name: str) -> None:
        """Queue a mark behind the audio that is there already."""
        self._queue.append(name)

    def take(self, count: int) -> tuple[bytes, list[str]]:
        """Play up to `count` bytes; gives them and the marks that they reached."""
        played, marks = bytearray(), []
        while self._queue:
            head = self._queue[0]
            if isinstance(head, str):
                marks.append(head)
                self._queue.popleft()
                continue
            if len(played) == count:
                break
            piece = head[self._offset : self._offset + count - len(played)]
            played += piece
            self._offset += len(piece)
            if self._offset == len(head):
                self._queue.popleft()
                self._offset = 0
        self.buffered_bytes -= len(played)
        return bytes(played), marks

    def clear(self) -> list[str]:
        """Drop everything; gives the marks, which Twilio returns at once."""
        marks = [item for item in self._queue if isinstance(item, str)]
        self._queue.clear()
        self._offset = 0
        self.buffered_bytes = 0
        return marks
