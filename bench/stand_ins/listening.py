"""A recogniser's ear: one stream's bytes in, transcripts with their delays out; reads no clock.

It knows the callees' clips and finds them by their frames. Interim results come every 100 ms of
speech, 100 ms late, and once more at its end; the final 300 ms after the end. A word is understood
from its middle on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.speech import FRAME_BYTES, FRAME_MS, SILENCE, Clip

INTERIM_EVERY_MS = 100
INTERIM_LATE_MS = 100
FINAL_LATE_MS = 300
# So much silence settles that the speech has ended; shorter than any pause of the callees.
_SETTLED_MS = 200
_KEY_BYTES = 32
# Sound that is not known may be known sound that lies across the frames.
_SEARCHED_BYTES = 2 * FRAME_BYTES - 1

Place = tuple[Clip, int]


@dataclass(frozen=True)
class Due:
    """A transcript, and how long after the bytes that caused it it is due."""

    delay_s: float
    text: str
    is_final: bool
    end_ms: int


class Library:
    """Finds clips by their frames."""

    def __init__(self, clips: Iterable[Clip]) -> None:
        self._places: dict[bytes, list[Place]] = {}
        for clip in clips:
            for index, frame in enumerate(clip.frames):
                key = frame[:_KEY_BYTES]
                if key != SILENCE[:_KEY_BYTES]:
                    self._places.setdefault(key, []).append((clip, index))

    def find(self, frame: bytes) -> list[Place]:
        """Return where a whole frame occurs."""
        places = self._places.get(frame[:_KEY_BYTES], ())
        return [(clip, index) for clip, index in places if clip.frames[index] == frame]

    def offset(self, sound: bytes) -> int | None:
        """Return where a known frame begins within the first 20 ms of two frames of sound."""
        for at in range(1, min(FRAME_BYTES, len(sound) - FRAME_BYTES + 1)):
            if self.find(sound[at : at + FRAME_BYTES]):
                return at
        return None


@dataclass
class _Spoken:
    """A word that is being heard; times count from the stream's beginning."""

    text: str
    known_ms: float


class Listening:
    """Listens to one stream."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._rest = b""
        self._now_ms = 0
        self._late_ms = 0
        self._playing: list[Place] = []
        self._earlier: list[_Spoken] = []
        self._began_ms: int | None = None
        self._ended_ms = 0
        self._interims = 0

    def hear(self, audio: bytes) -> list[Due]:
        """Take the next bytes of the stream, the last of which sounded now."""
        self._rest += audio
        due: list[Due] = []
        while len(self._rest) >= FRAME_BYTES:
            self._late_ms = (len(self._rest) // FRAME_BYTES - 1) * FRAME_MS
            frame = self._rest[:FRAME_BYTES]
            playing = self._playing_on(frame) or self._library.find(frame)
            if not playing and frame != SILENCE:
                if len(self._rest) < _SEARCHED_BYTES:
                    break
                if self._realigned():
                    continue
            self._rest = self._rest[FRAME_BYTES:]
            due += self._frame(playing)
        return due

    def _frame(self, playing: list[Place]) -> Iterator[Due]:
        self._now_ms += FRAME_MS
        if playing:
            yield from self._speech(playing)
        else:
            self._playing = []
            yield from self._silence()

    def _playing_on(self, frame: bytes) -> list[Place]:
        """The clips that may be playing and go on with this frame."""
        return [
            (clip, index + 1)
            for clip, index in self._playing
            if index + 1 < len(clip.frames) and clip.frames[index + 1] == frame
        ]

    def _realigned(self) -> bool:
        """Whether known sound begins within this frame: then what comes before it is dropped."""
        offset = self._library.offset(self._rest[:_SEARCHED_BYTES])
        if offset is not None:
            self._rest = self._rest[offset:]
        return offset is not None

    def _speech(self, playing: list[Place]) -> Iterator[Due]:
        if self._began_ms is None:
            self._began_ms, self._interims = self._now_ms - FRAME_MS, 0
        self._playing, self._ended_ms = playing, self._now_ms
        clip, index = playing[0]
        ends = index + 1 == len(clip.frames)
        raster = (self._now_ms - self._began_ms) // INTERIM_EVERY_MS
        if raster > self._interims or ends:
            self._interims = raster
            yield from self._interim(all_of_it=ends)
        if ends:
            self._earlier += self._words(self._now_ms)
            self._playing = []

    def _silence(self) -> Iterator[Due]:
        quiet_ms = self._now_ms - self._ended_ms
        if self._began_ms is None or quiet_ms < _SETTLED_MS:
            return
        text = " ".join(word.text for word in self._earlier)
        self._began_ms, self._earlier = None, []
        if text:
            yield self._due(FINAL_LATE_MS - quiet_ms, text, is_final=True)

    def _interim(self, *, all_of_it: bool) -> Iterator[Due]:
        words = [*self._earlier, *self._words(self._now_ms)]
        known = [word for word in words if all_of_it or word.known_ms <= self._now_ms]
        if known:
            text = " ".join(_plain(word.text) for word in known)
            yield self._due(INTERIM_LATE_MS, text, is_final=False)

    def _words(self, now_ms: int) -> list[_Spoken]:
        clip, index = self._playing[0]
        began_ms = now_ms - (index + 1) * FRAME_MS
        return [
            _Spoken(word.text, began_ms + (word.start_ms + word.end_ms) / 2) for word in clip.words
        ]

    def _due(self, after_ms: int, text: str, *, is_final: bool) -> Due:
        delay_s = max(0, after_ms - self._late_ms) / 1000
        return Due(delay_s, text, is_final, self._ended_ms)


def _plain(word: str) -> str:
    """A word as an interim result shows it: lower case, without punctuation."""
    return word.lower().strip(".,?!")
