"""Listening to one callee: when they speak, when they are done, and when it is only noise; pure."""

from floyd.calls.endpointing import Endpointing
from floyd.calls.hearing import Change, Hearing
from floyd.calls.timers import Timers
from floyd.calls.vocabulary import WordsHeard

# However noisy the line: sound without a new word for so long is no speech.
WORDS_STOPPED_S = 3.0
# Sound after so long a silence is not the noise of before.
QUIET_S = 1.0
# By then the recogniser has told of the words in a sound, if it had any.
WORDS_COME_WITHIN_S = 0.5


class Listening:
    """What is heard of the callee, and what they are like as a speaker.

    Args:
        hearing: their present turn.
        timers: `words_stopped` is set here, to be answered with `words_stopped`. What waits for
            quiet (`turn_over`, `draft`) ends with any sound; what waits for the callee
            (`introduce`, `reprompt`, `hang_up`) ends with a sound that may be theirs.
    """

    def __init__(self, hearing: Hearing, timers: Timers) -> None:
        self._hearing = hearing
        self._timers = timers
        self._endpointing = Endpointing()
        self._noisy = False

    @property
    def quiet(self) -> bool:
        """Nothing is being said, nor was anything that is not answered yet."""
        return not self._hearing.text and (self._noisy or not self._hearing.speaking)

    @property
    def delay_s(self) -> float:
        """How long the callee must have been quiet for their turn to be over."""
        return self._endpointing.delay_s(self._hearing.text, is_final=self._hearing.is_final)

    @property
    def over_at_s(self) -> float:
        """When their turn is over; a cough after its last word does not put that off."""
        hearing = self._hearing
        over_s = hearing.worded_until_s + self.delay_s
        if hearing.paused_s == hearing.worded_until_s:
            return over_s
        return max(over_s, hearing.paused_s + WORDS_COME_WITHIN_S)

    def sound_started(self, at_s: float, now_s: float) -> None:
        """Note that speech-like sound began; on a noisy line it need not be speech."""
        after_quiet = at_s - self._hearing.paused_s > QUIET_S
        self._noisy = self._noisy and not after_quiet
        self._hearing.sound_started(at_s)
        self._timers.cancel("turn_over", "draft")
        if not self._noisy:
            self._timers.cancel("introduce", "reprompt", "hang_up")
        if after_quiet or not self._timers.is_set("words_stopped"):
            self._timers.set("words_stopped", now_s + WORDS_STOPPED_S)

    def words(self, event: WordsHeard, now_s: float) -> Change:
        """Take in what the recogniser understands, and learn how long this speaker pauses."""
        change = self._hearing.words(event.text, event.is_final)
        if change is Change.NEW_WORDS:
            self._noisy = False
            self._timers.cancel("reprompt", "hang_up")
            self._timers.set("words_stopped", now_s + WORDS_STOPPED_S)
            self._endpointing.went_on_after(self._hearing.take_pause())
        return change

    def words_stopped(self, now_s: float) -> bool:
        """Count what still sounds like speech as a pause; return whether there was such noise."""
        hearing = self._hearing
        self._noisy = hearing.speaking or now_s - hearing.paused_s < QUIET_S
        if hearing.speaking:
            hearing.sound_paused(now_s)
        return self._noisy
