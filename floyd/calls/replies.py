"""What Floyd says: replies from their first token to the last word heard; pure.

Keeps of every reply its clauses, how much of it was heard, and how long each step took. Whether and
when something is said is decided in `turns`; here it is put into commands and written down.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from floyd.calls.memory import remembered
from floyd.calls.playback import Heard, Playback
from floyd.calls.timers import Timers
from floyd.calls.transcript import Transcript
from floyd.calls.vocabulary import (
    ClauseMisread,
    ClauseSent,
    ClauseWritten,
    ClearPlayback,
    Command,
    Drop,
    Generate,
    RecordUtterance,
    Release,
    ReplyBegun,
    Say,
    SilenceClause,
    SoundReady,
    SoundSent,
    ToolCalled,
    Turn,
)

Progress = ReplyBegun | ClauseWritten | SoundReady | SoundSent | ClauseSent
"""What is told of a reply on its way, before it is heard."""

# By then a voice gives the first sound of a sentence, or it never will.
VOICE_TAKES_AT_MOST_S = 6.0

_STEPS = {ReplyBegun: "first_token", ClauseWritten: "first_clause", SoundReady: "first_sound"}


@dataclass
class Reply:
    """Something that Floyd says, or is about to.

    Attributes:
        number: names it on every event and command.
        answers: the callee's words that it answers; empty when scripted or unasked.
        asked_s: when the speech that it answers ended; its timings count from there.
        scripted: its words are ours, not the model's.
        ahead: it was said before its turn, for the moment.
        written: no more clauses will come.
        tool: the first tool that the model called in it.
    """

    number: int
    answers: str
    asked_s: float
    scripted: bool = False
    ahead: bool = False
    released: bool = False
    dropped: bool = False
    written: bool = False
    tool: ToolCalled | None = None
    clauses: dict[int, str] = field(default_factory=dict)
    sent: set[int] = field(default_factory=set)
    heard: list[str] = field(default_factory=list)
    heard_whole: set[int] = field(default_factory=set)
    position: int | None = None
    started_s: float = 0.0
    timings: dict[str, int] = field(default_factory=dict)

    @property
    def sounded(self) -> bool:
        """Some of it was handed to the phone company."""
        return "sent" in self.timings

    @property
    def complete(self) -> bool:
        """All of it was written and handed over."""
        return self.written and len(self.sent) == len(self.clauses)

    @property
    def unheard(self) -> list[str]:
        """Its clauses from the first one on that was not heard to its end."""
        clauses = sorted(self.clauses.items())
        return [text for clause, text in clauses if clause not in self.heard_whole]

    @property
    def said(self) -> bool:
        """It was heard to its end."""
        known = self.written or self.scripted
        return known and bool(self.clauses) and not self.unheard

    def time(self, step: str, now_s: float) -> None:
        """Note how long after the callee's speech a step was reached first, in milliseconds."""
        self.timings.setdefault(step, round((now_s - self.asked_s) * 1000))


class Replies:
    """All replies of a call, and what the callee has heard of them.

    Args:
        transcript: where what was heard is written down.
        timers: `voiceless` is set here, to be answered with giving up what is `unvoiced`.
        do: takes the commands.
    """

    def __init__(
        self, transcript: Transcript, timers: Timers, do: Callable[[Command], None]
    ) -> None:
        self._transcript = transcript
        self._timers = timers
        self._do = do
        self._replies: list[Reply] = []
        self._on_air: list[Reply] = []
        self._playback = Playback()

    @property
    def playing(self) -> bool:
        """The callee is hearing Floyd now."""
        return self._playback.playing

    @property
    def unvoiced(self) -> Reply | None:
        """The first of our own sentences that was not handed over yet."""
        waiting = (one for one in self._on_air if one.scripted and not one.sent)
        return next(waiting, None)

    def get(self, number: int) -> Reply | None:
        """Return a reply that was not dropped."""
        if not 0 <= number < len(self._replies) or self._replies[number].dropped:
            return None
        return self._replies[number]

    # --- Making them ------------------------------------------------------------------------------

    def say(self, text: str, asked_s: float, *, ahead: bool = False) -> Reply:
        """Speak a scripted text."""
        reply = self._begin("", asked_s, scripted=True)
        reply.ahead = ahead
        self._on_air.insert(0 if ahead else len(self._on_air), reply)
        self._do(Say(reply.number, text, ahead))
        self._timers.set("voiceless", asked_s + VOICE_TAKES_AT_MOST_S)
        return reply

    def generate(self, answers: str, asked_s: float, note: str | None = None) -> Reply:
        """Have the model answer words that are not in the transcript yet, or go on from there."""
        turns = remembered(self._transcript.turns())
        if answers:
            turns = (*turns, Turn("callee", answers))
        if note:
            turns = (*turns, Turn("note", note))
        reply = self._begin(answers, asked_s)
        self._do(Generate(reply.number, turns))
        return reply

    def release(self, reply: Reply) -> None:
        """Let a generated reply be heard."""
        reply.released = True
        self._on_air.append(reply)
        self._do(Release(reply.number))

    def drop(self, reply: Reply) -> None:
        """Stop making a reply; what was sent of it may yet be heard."""
        reply.dropped = True
        if reply in self._on_air:
            self._on_air.remove(reply)
        self._do(Drop(reply.number))

    def _begin(self, answers: str, asked_s: float, *, scripted: bool = False) -> Reply:
        reply = Reply(len(self._replies), answers, asked_s, scripted=scripted, released=scripted)
        self._replies.append(reply)
        return reply

    # --- What becomes of them ---------------------------------------------------------------------

    def progress(self, event: Progress, now_s: float) -> Reply | None:
        """Note a step of a reply and return it, unless it was dropped."""
        reply = self.get(event.reply)
        if reply is None:
            return None
        if step := _STEPS.get(type(event)):
            reply.time(step, now_s)
        if isinstance(event, ClauseWritten):
            reply.clauses[event.clause] = event.text
        elif isinstance(event, SoundSent):
            reply.time("sent", now_s)
            text = reply.clauses.get(event.clause, "")
            self._playback.sent(reply.number, event.clause, text, event.duration_s, now_s)
        elif isinstance(event, ClauseSent):
            reply.sent.add(event.clause)
            if not self.unvoiced:
                self._timers.cancel("voiceless")
            self._playback.marked(event.reply, event.clause, event.mark)
        return reply

    def misread(self, event: ClauseMisread, now_s: float) -> None:
        """Cut off a clause that was read wrongly; what was heard of it stays heard."""
        reply = self.get(event.reply)
        if reply is None:
            return
        meant = reply.clauses.get(event.clause, "")
        reply.clauses[event.clause] = event.said
        self._playback.sent(reply.number, event.clause, event.said, 0.0, now_s)
        self.cut(now_s)
        reply.clauses[event.clause] = meant
        self._do(SilenceClause())

    def mark_reached(self, mark: str, now_s: float) -> None:
        """Note that a mark came back: the clauses before it were heard."""
        for heard in self._playback.reached(mark):
            self._hear(heard, now_s)

    def cut(self, now_s: float) -> None:
        """Count as said only what was heard until now."""
        for heard in self._playback.cut(now_s):
            self._hear(heard, now_s)

    def silence(self, now_s: float) -> list[Reply]:
        """Say no more of what was released; return the replies that were not heard to the end."""
        self.cut(now_s)
        cut, self._on_air = self._on_air, []
        for reply in cut:
            reply.dropped = True
        self._do(ClearPlayback())
        return [reply for reply in cut if not reply.said]

    def _hear(self, heard: Heard, now_s: float) -> None:
        reply = self._replies[heard.reply]
        reply.heard.append(heard.text if heard.whole else f"{heard.text}—")
        if heard.whole:
            reply.heard_whole.add(heard.clause)
        self._on_air = [other for other in self._on_air if not other.said]
        if reply.position is None:
            reply.started_s = heard.started_s
            reply.position = self._transcript.add("floyd", "")
        said, meant = " ".join(reply.heard), " ".join(reply.clauses.values())
        self._transcript.replace(reply.position, said)
        self._do(
            RecordUtterance(
                reply.position,
                "floyd",
                said,
                meant if meant != said else None,
                reply.started_s,
                now_s,
                dict(reply.timings),
            )
        )
