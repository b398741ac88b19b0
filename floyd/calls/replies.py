"""What Floyd says: replies from their first token to the last word heard; pure.

Keeps of every reply its clauses, how much of it was heard, and how long each step took.
"""

from dataclasses import dataclass, field

from floyd.calls.playback import Heard, Playback
from floyd.calls.transcript import Transcript
from floyd.calls.vocabulary import (
    ClauseMisread,
    ClauseSent,
    ClauseWritten,
    RecordUtterance,
    SoundSent,
    ToolCalled,
)


@dataclass
class Reply:
    """Something that Floyd says, or is about to.

    Attributes:
        number: names it on every event and command.
        answers: the callee's words that it answers; empty when scripted or unasked.
        asked_s: when the speech that it answers ended; its timings count from there.
        scripted: its words are ours, not the model's.
        written: no more clauses will come.
        tool: the first tool that the model called in it.
    """

    number: int
    answers: str
    asked_s: float
    scripted: bool = False
    released: bool = False
    dropped: bool = False
    written: bool = False
    tool: ToolCalled | None = None
    clauses: dict[int, str] = field(default_factory=dict)
    sent: set[int] = field(default_factory=set)
    heard: list[str] = field(default_factory=list)
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

    def time(self, step: str, now_s: float) -> None:
        """Note how long after the callee's speech a step was reached first, in milliseconds."""
        self.timings.setdefault(step, round((now_s - self.asked_s) * 1000))


class Replies:
    """All replies of a call, and what the callee has heard of them."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._replies: dict[int, Reply] = {}
        self._playback = Playback()
        self._next = 0

    @property
    def playing(self) -> bool:
        """The callee is hearing Floyd now."""
        return self._playback.playing

    def begin(self, answers: str, asked_s: float, *, scripted: bool = False) -> Reply:
        """Return a new reply."""
        reply = Reply(self._next, answers, asked_s, scripted=scripted, released=scripted)
        self._replies[reply.number] = reply
        self._next += 1
        return reply

    def get(self, number: int) -> Reply | None:
        """Return a reply that was not dropped."""
        reply = self._replies.get(number)
        return None if reply is None or reply.dropped else reply

    def drop(self, reply: Reply) -> None:
        """Ignore what its makers still send about a reply; what was sent of it may yet be heard."""
        reply.dropped = True

    def written(self, event: ClauseWritten) -> None:
        """Note the words of a clause."""
        reply = self.get(event.reply)
        if reply:
            reply.clauses[event.clause] = event.text

    def sound_sent(self, event: SoundSent, now_s: float) -> None:
        """Note that sound was handed to the phone company."""
        reply = self.get(event.reply)
        if reply:
            reply.time("sent", now_s)
            text = reply.clauses.get(event.clause, "")
            self._playback.sent(reply.number, event.clause, text, event.duration_s, now_s)

    def clause_sent(self, event: ClauseSent) -> None:
        """Note that a clause is complete at the phone company."""
        reply = self.get(event.reply)
        if reply:
            reply.sent.add(event.clause)
            self._playback.marked(event.reply, event.clause, event.mark)

    def misread(self, event: ClauseMisread, now_s: float) -> list[RecordUtterance]:
        """Note that a clause was read wrongly and is cut off; what was heard of it stays heard."""
        reply = self.get(event.reply)
        if reply is None:
            return []
        meant = reply.clauses.get(event.clause, "")
        reply.clauses[event.clause] = event.said
        self._playback.sent(reply.number, event.clause, event.said, 0.0, now_s)
        records = self.cut(now_s)
        reply.clauses[event.clause] = meant
        return records

    def mark_reached(self, mark: str, now_s: float) -> list[RecordUtterance]:
        """Note that a mark came back: the clauses before it were heard."""
        return [self._hear(heard, now_s) for heard in self._playback.reached(mark)]

    def cut(self, now_s: float) -> list[RecordUtterance]:
        """Silence Floyd; only what was heard until now was said."""
        return [self._hear(heard, now_s) for heard in self._playback.cut(now_s)]

    def drop_released(self) -> None:
        """Drop the released replies: what was not heard by now will not be."""
        for reply in self._replies.values():
            reply.dropped = reply.dropped or reply.released

    def _hear(self, heard: Heard, now_s: float) -> RecordUtterance:
        reply = self._replies[heard.reply]
        reply.heard.append(heard.text if heard.whole else f"{heard.text}—")
        if reply.position is None:
            reply.started_s = heard.started_s
            reply.position = self._transcript.add("floyd", "")
        said, meant = " ".join(reply.heard), " ".join(reply.clauses.values())
        self._transcript.replace(reply.position, said)
        return RecordUtterance(
            reply.position,
            "floyd",
            said,
            meant if meant != said else None,
            reply.started_s,
            now_s,
            dict(reply.timings),
        )
