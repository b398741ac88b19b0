"""What the callee is saying: sound and words in, their present turn out; pure.

Two witnesses tell of speech. Voice activity is quick but knows no words; the recogniser knows the
words but is late, and goes on revising an utterance that was answered already. Here they are
joined.
"""

from dataclasses import dataclass
from enum import Enum, auto

from floyd.calls.words import words_of

_CLEARLY_NEW_WORDS = 3
# Who goes on so soon was not done, even if their turn was taken for over.
_SAME_TURN_S = 1.5


class Change(Enum):
    """What a transcript changed."""

    NOTHING = auto()
    NEW_WORDS = auto()
    EARLIER_TURN = auto()


@dataclass(frozen=True)
class HeardTurn:
    """What the callee said in a turn, and when."""

    text: str
    started_s: float
    ended_s: float


class Hearing:
    """The callee's present turn.

    Attributes:
        speaking: speech-like sound is being made now.
        started_s: when the first sound of this turn began.
        paused_s: when the last sound ended.
        worded_until_s: when the last sound ended that had words of this turn.
    """

    def __init__(self) -> None:
        self.speaking = False
        self.started_s = 0.0
        self.paused_s = 0.0
        self.worded_until_s = 0.0
        self._wordless = False
        self._finals: list[str] = []
        self._interim: list[str] = []
        self._taken_words: list[str] = []
        self._taken_finals: list[str] = []
        self._taken_before = 0
        self._sound_since_take = False
        self._pause_s = 0.0

    @property
    def text(self) -> str:
        """The turn's words so far."""
        return " ".join([*self._finals, *self._interim])

    @property
    def is_final(self) -> bool:
        """The words so far will not be revised any more."""
        return bool(self._finals) and not self._interim

    @property
    def awaits_final(self) -> bool:
        """Words were heard, of this turn or the last one, that may yet be understood better."""
        return bool(self._interim or self._taken_words)

    @property
    def taken_text(self) -> str:
        """The words of the turn that was taken last, as the recogniser understands them now."""
        return " ".join([*self._taken_finals, *self._taken_words[self._taken_before :]])

    def sound_started(self, at_s: float) -> None:
        """Note that speech-like sound began."""
        if not self._sound_since_take:
            self.started_s = at_s
        if self._words_so_far:
            self._pause_s = at_s - self.paused_s
        self.speaking = True
        self._wordless = bool(self.text)
        self._sound_since_take = True

    def sound_paused(self, at_s: float) -> None:
        """Note that it ended."""
        self.speaking = False
        self.paused_s = at_s
        if not self._wordless:
            self.worded_until_s = at_s

    def take_pause(self) -> float | None:
        """Return how long the pause was after which the callee goes on with their turn; once."""
        pause_s, self._pause_s = self._pause_s, 0.0
        return pause_s if 0.0 < pause_s <= _SAME_TURN_S else None

    def words_after_the_end(self, text: str, is_final: bool) -> Change:
        """Take in what is understood once no more is said: it completes the turn taken last."""
        words = text.split()
        if self._taken_words and _resemble(words, self._taken_words):
            return self._revise_taken(words, is_final)
        return self.words(text, is_final)

    def words(self, text: str, is_final: bool) -> Change:
        """Take in the recogniser's understanding of its current utterance."""
        words = text.split()
        if not _resemble(words, self._taken_words):
            self._close_utterance()
        if self._taken_words or self._taken_before or not self._sound_since_take:
            if not self._goes_beyond_the_taken(words):
                return self._revise_taken(words, is_final)
            self._sound_since_take = True
        before = self.text
        self._interim = words[len(self._taken_words) :]
        if is_final:
            self._finals.extend(self._interim)
            self._interim = []
            self._close_utterance()
        if words_of(self.text) != words_of(before):
            self._wordless = False
            self.worded_until_s = self.paused_s
        return Change.NOTHING if self.text == before else Change.NEW_WORDS

    def take(self) -> HeardTurn:
        """End the turn: its words are answered now, and only later ones begin the next."""
        turn = HeardTurn(self.text, self.started_s, max(self.paused_s, self.started_s))
        self._taken_finals = self._finals
        self._taken_before = len(self._taken_words)
        self._taken_words = [*self._taken_words, *self._interim]
        self._finals, self._interim = [], []
        self._sound_since_take = False
        return turn

    @property
    def _words_so_far(self) -> bool:
        return bool(self._finals or self._interim or self._taken_words or self._taken_finals)

    def _goes_beyond_the_taken(self, words: list[str]) -> bool:
        new = len(words) - len(self._taken_words)
        if new <= 0:
            return False
        if not self._sound_since_take:
            return bool(self._taken_words) and new >= _CLEARLY_NEW_WORDS
        return not (new <= 2 and self._taken_words and _ends_alike(words, self._taken_words))

    def _revise_taken(self, words: list[str], is_final: bool) -> Change:
        before = self.taken_text
        self._taken_words = words
        after = self.taken_text
        if is_final:
            self._taken_finals = after.split()
            self._close_utterance()
        return Change.NOTHING if after == before else Change.EARLIER_TURN

    def _close_utterance(self) -> None:
        self._taken_words = []
        self._taken_before = 0


def _resemble(words: list[str], taken: list[str]) -> bool:
    """Say whether words can be those that were taken, revised; else the utterance is another."""
    common = set(words_of(" ".join(words))) & set(words_of(" ".join(taken)))
    return 2 * len(common) >= len(set(words_of(" ".join(taken))))


def _ends_alike(words: list[str], taken: list[str]) -> bool:
    return words_of(words[-1]) == words_of(taken[-1])
