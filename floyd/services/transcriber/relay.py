"""Which streams of recognition carry a call's audio, and which of their results count; pure.

A recogniser ends each stream after five minutes, and may break it at any moment. The next one
begins at the seam: where the words that are final end. So an utterance is heard as a whole, nothing
is lost, and nothing is doubled. A stream that wears out is relieved while it still works: for a
while both hear the same audio. The old one counts until the new one has heard as much. Only a
speech without any pause is divided, behind a word.
"""

from collections import deque
from dataclasses import dataclass

from floyd.services.transcriber.protocol import Transcript
from floyd.services.transcriber.retries import Retries
from floyd.services.transcriber.tape import BYTES_PER_S, Tape

_LONGEST_KEPT_S = 45.0
_PROVED_AFTER_S = 2.0
_RELIEF_RETRIED_AFTER_S = 5.0
# An utterance of which nothing was heard for so long was noise, or its stream is dead.
_UTTERANCE_STALE_AFTER_S = 5.0
# Sound of which no word was told for longer is noise: a dead stream is noticed before.
_LONGEST_UNHEARD = 20 * BYTES_PER_S
# Interim results begin that late behind the first sound of their words, at most.
_BEFORE_WORDS = 3 * BYTES_PER_S
_LONGEST_UTTERANCE = 25 * BYTES_PER_S
_MOST_INTERIMS = 500
_BEFORE_SOUND = BYTES_PER_S // 2
# Two streams that hear the same are not equally quick: a word is forgiven.
_SAME_MOMENT = 3 * BYTES_PER_S // 10
_BATCH_BYTES = BYTES_PER_S * 40 // 1000
# Google refuses a request above 25 KB, and breaks streams that run far ahead of real time.
_LARGEST_BATCH_BYTES = 16_000
_CATCHING_UP_SPEED = 3
_AHEAD_AT_ONCE = 2 * BYTES_PER_S


@dataclass(frozen=True)
class StreamLife:
    """When a stream is relieved; Google ends it at 305 s.

    Attributes:
        in_pause_s: after so long in the next pause of speech.
        at_most_s: after so long in any case: in the middle of speech, the new one has to catch up.
    """

    in_pause_s: float = 180.0
    at_most_s: float = 265.0


@dataclass(frozen=True)
class Result:
    """What one stream has heard of an utterance.

    Attributes:
        text: its words so far.
        end_s: where they end, in seconds of the stream's own audio.
        is_final: True when no more will come for this utterance.
    """

    text: str
    end_s: float
    is_final: bool


@dataclass
class _Stream:
    """One stream.

    Attributes:
        number: names it.
        begins_at: where on the tape its own time begins.
        sent_to: up to where it was sent the tape.
        opened_s: when it was asked for.
        connected_s: when its service was reached.
        answered: it has given a result.
        leads: its results have gone as far as those of the stream before it.
        divided: what was said of the present utterance before this stream begins.
    """

    number: int
    begins_at: int
    sent_to: int
    opened_s: float
    divided: str = ""
    connected_s: float | None = None
    answered: bool = False
    leads: bool = False

    def age_s(self, now: float) -> float:
        """How much of its life is used up, in time or in audio."""
        return max(now - self.opened_s, (self.sent_to - self.begins_at) / BYTES_PER_S)

    def works(self, now: float) -> bool:
        """A healthy stream is silent while nobody speaks: lasting a while is proof, too."""
        connected = self.connected_s is not None and now - self.connected_s >= _PROVED_AFTER_S
        return self.answered or connected


class Relay:
    """Carries one call's audio over as many streams as it takes.

    Args:
        life: how long a stream is used.

    Attributes:
        given_up: no stream could be kept for too long.
    """

    def __init__(self, life: StreamLife) -> None:
        self._life = life
        self.given_up = False
        self._tape = Tape(_LONGEST_KEPT_S)
        self._current: _Stream | None = None
        self._relief: _Stream | None = None
        self._numbers = 0
        self._retries = Retries()
        self._open_at = 0.0
        self._relieve_at = 0.0
        self._closing = False
        self._final_to = 0
        self._heard_to = 0
        self._words: list[str] = []
        self._words_from: int | None = None
        self._words_at_s = 0.0
        self._interims: deque[tuple[int, int]] = deque(maxlen=_MOST_INTERIMS)

    @property
    def streams(self) -> set[int]:
        """The numbers of the streams that are to run now."""
        return {stream.number for stream in (self._current, self._relief) if stream}

    @property
    def over(self) -> bool:
        """The call has ended, and what was said last was answered."""
        return self._closing and self._current is None

    @property
    def kept_s(self) -> float:
        """How much audio is kept."""
        return (self._tape.end - self._tape.begin) / BYTES_PER_S

    @property
    def looked_after_in_s(self) -> float:
        """After how long time is to be passed, if nothing happens before."""
        return 0.1 if self._current is None or self._relief else 1.0

    def hear(self, mulaw: bytes) -> None:
        """Take in audio of the call."""
        self._tape.append(mulaw)

    def close(self) -> None:
        """Note that no more audio comes; what is unanswered yet is still waited for."""
        self._closing = True
        self._relief = None

    # --- Which streams there are ------------------------------------------------------------------

    def pass_time(self, now: float) -> None:
        """Open, relieve and replace streams as it is due."""
        if self._closing:
            return
        if self._current is None:
            if now >= self._open_at:
                self._current = self._open(now)
            return
        if self._current.works(now):
            self._retries.worked()
        if self._relief is None:
            if now >= self._relieve_at and self._wears_out(self._current, now):
                self._relief = self._open(now)
        elif self._relief.works(now) and not (self._in_words(now) or self._is_behind(self._relief)):
            self._relieve()

    def connected(self, number: int, now: float) -> None:
        """Note that a stream has reached its service."""
        if stream := self._get(number):
            stream.connected_s = now

    def ended(self, number: int, now: float) -> None:
        """Note that a stream has ended, whyever."""
        if self._relief and number == self._relief.number:
            self._relief, self._relieve_at = None, now + _RELIEF_RETRIED_AFTER_S
        elif self._current and number == self._current.number:
            if self._current.works(now):
                self._retries.worked()
            self._current, self._relief = self._relief, None
            if self._current is None:
                pause_s = self._retries.pause_after_failure(now)
                self.given_up = pause_s is None
                self._open_at = now + (pause_s or 0.0)

    def _open(self, now: float) -> _Stream:
        self._numbers += 1
        seam, divided = self._division() or (self._seam(), "")
        seam = max(seam, self._tape.begin)
        return _Stream(self._numbers, seam, seam, now, divided)

    def _seam(self) -> int:
        """Where the next stream begins: nothing before it is unheard, nothing after it is final."""
        if self._words_from is not None:
            return max(self._final_to, self._words_from)
        # Nobody may have heard what has sounded since: a stream can be dead long before it breaks.
        since = max(self._final_to, self._tape.end - _LONGEST_UNHEARD)
        return max(since, self._tape.sound_after(since) - _BEFORE_SOUND)

    def _division(self) -> tuple[int, str] | None:
        """Where an utterance without end is divided, and its words up to there."""
        if self._words_from is None or self._heard_to - self._words_from < _LONGEST_UTTERANCE:
            return None
        settled = [each for each in self._interims if each[0] <= self._heard_to - _BEFORE_WORDS]
        if not settled:
            return None
        end, count = settled[-1]
        return end, " ".join(self._words[:count])

    def _relieve(self) -> None:
        self._current, self._relief = self._relief, None

    def _wears_out(self, stream: _Stream, now: float) -> bool:
        age_s = stream.age_s(now)
        in_pause = age_s >= self._life.in_pause_s and not self._in_words(now)
        return in_pause or age_s >= self._life.at_most_s

    def _in_words(self, now: float) -> bool:
        fresh = now - self._words_at_s < _UTTERANCE_STALE_AFTER_S
        return self._words_from is not None and fresh

    def _get(self, number: int) -> _Stream | None:
        for stream in (self._current, self._relief):
            if stream and stream.number == number:
                return stream
        return None

    # --- What is sent to them ---------------------------------------------------------------------

    def next_batch(self, number: int, now: float) -> bytes:
        """Take out what a stream is sent next; empty as long as there is nothing for it."""
        stream = self._get(number)
        if stream is None:
            return b""
        if stream.sent_to < self._tape.begin:
            stream.begins_at += self._tape.begin - stream.sent_to
            stream.sent_to = self._tape.begin
        since_s = now - (stream.connected_s or stream.opened_s)
        may_reach = stream.begins_at + _AHEAD_AT_ONCE + since_s * _CATCHING_UP_SPEED * BYTES_PER_S
        most = min(_LARGEST_BATCH_BYTES, int(may_reach) - stream.sent_to)
        batch = self._tape.read(stream.sent_to, max(most, 0))
        if len(batch) < _BATCH_BYTES and not self._closing:
            return b""
        stream.sent_to += len(batch)
        return batch

    def has_batch(self, number: int) -> bool:
        """Say whether there is audio for a stream, if not at once."""
        stream = self._get(number)
        least = 1 if self._closing else _BATCH_BYTES
        return stream is not None and self._tape.end - stream.sent_to >= least

    def is_sent_all(self, number: int) -> bool:
        """Say whether a stream will get no more audio."""
        stream = self._get(number)
        return stream is None or (self._closing and stream.sent_to == self._tape.end)

    def _is_behind(self, stream: _Stream) -> bool:
        return self._tape.end - stream.sent_to > _BEFORE_SOUND

    # --- What they have heard ---------------------------------------------------------------------

    def heard(self, number: int, result: Result, now: float) -> list[Transcript]:
        """Return what a result tells, if it counts."""
        stream = self._get(number)
        if stream is None:
            return []
        stream.answered = True
        end = stream.begins_at + round(result.end_s * BYTES_PER_S)
        if not stream.leads and not result.is_final:
            # It starts the utterance over: its first words are known already.
            if end + _SAME_MOMENT < self._heard_to or self._is_behind(stream):
                return []
        told = [] if stream.leads else self._take_the_lead(stream)
        if result.is_final:
            self._note_final(end, now)
        else:
            self._note_words(result.text, end, now)
        return [*told, Transcript(result.text, result.is_final)]

    def _take_the_lead(self, stream: _Stream) -> list[Transcript]:
        stream.leads = True
        if stream is self._relief:
            self._relieve()
        if not stream.divided:
            return []
        self._end_utterance(stream.begins_at)
        return [Transcript(stream.divided, is_final=True)]

    def _note_words(self, text: str, end: int, now: float) -> None:
        self._words = text.split()
        if self._words_from is None:
            self._words_from = end - _BEFORE_WORDS
        self._words_at_s = now
        self._heard_to = end
        self._interims.append((end, len(self._words)))

    def _note_final(self, end: int, now: float) -> None:
        self._end_utterance(end)
        if self._relief:
            # It began before these words: another one begins behind them.
            self._relief, self._relieve_at = None, now

    def _end_utterance(self, end: int) -> None:
        self._words_from = None
        self._interims.clear()
        self._final_to = self._heard_to = max(end, self._final_to)
        self._tape.forget(min(self._final_to, self._sent_by_all()))

    def _sent_by_all(self) -> int:
        sent = [stream.sent_to for stream in (self._current, self._relief) if stream]
        return min(sent, default=self._tape.end)
