"""A clip as it plays in a stream: from how far it has sounded to the words that were heard."""

from __future__ import annotations

from floyd.sandbox.sound.clip import BYTES_PER_MS, Clip, HeardWord

# Two sightings this close are one play with a frame lost, doubled or damaged between them.
_GAP = 250 * BYTES_PER_MS
_SHIFT = 50 * BYTES_PER_MS
# What a word may lack at its start and still be heard.
_SWALLOWED = 10 * BYTES_PER_MS


class Play:
    """One sounding of a clip; offsets are stream bytes unless they say clip.

    Args:
        clip: What plays.
        begins_at: Where the clip's first byte is, or would be, in the stream.
        heard_from: Where in the stream its sound was first known.
    """

    def __init__(self, clip: Clip, begins_at: int, heard_from: int) -> None:
        self.clip = clip
        self.begins_at = begins_at
        self.heard_from = heard_from
        self.heard_to = heard_from
        self._next_word = 0

    def take_over(self, previous: Play | None) -> None:
        """Goes on where an interrupted play of the same clip was, so that no word is doubled."""
        if (
            previous is not None
            and previous.clip is self.clip
            and abs(previous.begins_at - self.begins_at) <= _SHIFT
            and self.heard_from - previous.heard_to <= _GAP
        ):
            self.heard_from = min(self.heard_from, previous.heard_from)
            self._next_word = max(self._next_word, previous._next_word)

    def words_up_to(self, stream_offset: int, after: int) -> list[HeardWord]:
        """The words completed by one offset whose middle lies after another; each only once."""
        heard: list[HeardWord] = []
        self.heard_to = stream_offset
        begin_ms = self.begins_at / BYTES_PER_MS
        words = self.clip.words
        while self._next_word < len(words):
            word = words[self._next_word]
            end = self.begins_at + word.end_ms * BYTES_PER_MS
            if end > stream_offset:
                break
            self._next_word += 1
            start = self.begins_at + word.start_ms * BYTES_PER_MS
            if start >= self.heard_from - _SWALLOWED and (start + end) // 2 > after:
                span_ms = (round(begin_ms + word.start_ms), round(begin_ms + word.end_ms))
                heard.append(HeardWord(word.text, *span_ms))
        return heard

    def is_speaking(self) -> bool:
        """Whether it was last heard between its first word's start and its last one's end."""
        if not self.clip.words:
            return False
        at_ms = (self.heard_to - self.begins_at) / BYTES_PER_MS
        return self.clip.words[0].start_ms <= at_ms < self.clip.words[-1].end_ms
