"""A call that is broken in the middle on purpose: what breaks it, what is heard, how it goes on."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import psutil

from floyd.calls.phrases import LINE_WAS_LOST
from floyd.demo.judge import Point
from floyd.sandbox.client import Event, SandboxClient
from floyd.sandbox.twilio.conditions import SocketLoss
from floyd.watching.picture import CallSeen, NoteSeen, Picture

_BACK_WITHIN_MS = 2000
_LATENCIES = {"webhook_s": 0.15, "socket_s": 0.25}
_ENDED = ("stream-error", "stream-stopped")


class Blow(StrEnum):
    """What breaks a call."""

    KILL = "kill"
    SIGTERM = "sigterm"
    SOCKET = "socket"


_IN_WORDS = {
    Blow.KILL: "kill -9 of the process that carries this call",
    Blow.SIGTERM: "SIGTERM, as in a deploy, to the process that carries this call",
    Blow.SOCKET: "the media socket of this call is cut",
}


@dataclass(frozen=True)
class Crash:
    """What breaks a call, and what the phone company does about a socket that was lost."""

    blow: Blow = Blow.KILL
    then: SocketLoss = SocketLoss.CONTINUE

    @property
    def is_survived(self) -> bool:
        """Whether the call goes on; one that is told of is closed like any other stream."""
        return self.blow is Blow.SIGTERM or self.then is not SocketLoss.HANG_UP


@dataclass(frozen=True)
class _Struck:
    """Which call was broken, which stream of it, and which process carried that."""

    call: int
    sid: str
    stream: str
    pid: int


class Saboteur:
    """Breaks the first call once its callee has answered something, and watches it come back."""

    def __init__(self, sandbox: SandboxClient, crash: Crash) -> None:
        sandbox.change_conditions(twilio={**_LATENCIES, "on_socket_loss": crash.then})
        self._sandbox = sandbox
        self._crash = crash
        self._struck: _Struck | None = None
        self._notes: tuple[NoteSeen, ...] = ()
        self._back_ms: int | None = None
        self._silent_ms: int | None = None
        self._carried_on_by: int | None = None

    def look_on(self, picture: Picture) -> Picture:
        """Do what there is to do by now; returns the picture with what became of it."""
        call = next((each for each in picture.calls if _is_under_way(each)), None)
        if self._struck is None and call is not None:
            self._strike(call)
        elif self._struck is not None and self._silent_ms is None:
            self._listen(self._struck, picture)
        return replace(picture, calls=tuple(map(self._with_notes, picture.calls)))

    def points(self) -> list[Point]:
        """Return a verdict on how the call went on."""
        if not self._crash.is_survived:
            return [Point("a call was broken off", self._struck is not None, str(self._crash.then))]
        apologised = self._silent_ms is not None and LINE_WAS_LOST in self._words()
        silence = f"heard after {self._silent_ms} ms" if apologised else "no apology was heard"
        return [self._came_back(), Point("Floyd apologised", apologised, silence)]

    def _came_back(self) -> Point:
        where, elsewhere = "", True
        if self._crash.blow is not Blow.SOCKET:
            elsewhere = self._struck is not None and self._carried_on_by != self._struck.pid
            where = " to another process" if elsewhere else " to the same process"
        is_right = elsewhere and self._back_ms is not None and self._back_ms <= _BACK_WITHIN_MS
        seen = "never" if self._back_ms is None else f"after {self._back_ms} ms{where}"
        return Point(f"the call came back within {_BACK_WITHIN_MS} ms", is_right, seen)

    def _strike(self, call: CallSeen) -> None:
        sid = self._sandbox.calls()[-1].sid
        stream = self._of(sid, "stream-started")[-1]
        pid = _carrier(stream.fields["port"])
        if pid is None:
            return
        self._struck = _Struck(call.id, sid, stream.fields["stream"], pid)
        _BLOWS[self._crash.blow](self._sandbox, self._struck)
        self._note(call, _IN_WORDS[self._crash.blow])

    def _listen(self, struck: _Struck, picture: Picture) -> None:
        """See when the stream ended, when the next one began, and when that was first heard."""
        ended = [e for e in self._of(struck.sid, *_ENDED) if e.fields["stream"] == struck.stream]
        if not ended:
            return
        since, broke_ms = ended[0].number, ended[0].fields["line_ms"]
        later = [e for e in self._of(struck.sid, "stream-started") if e.number > since]
        if later and self._back_ms is None:
            self._back_ms = later[0].fields["line_ms"] - broke_ms
            self._carried_on_by = _carrier(later[0].fields["port"])
        played = [e for e in self._of(struck.sid, "stream.played") if e.number > since]
        if played:
            self._silent_ms = played[0].fields["line_ms"] - broke_ms
            call = next(each for each in picture.calls if each.id == struck.call)
            self._note(call, f"and back: Floyd was gone for {self._silent_ms} ms")

    def _words(self) -> str:
        assert self._struck is not None
        said = next(call for call in self._sandbox.calls() if call.sid == self._struck.sid)
        return " ".join(each.text for each in said.transcript if each.speaker == "line")

    def _of(self, sid: str, *kinds: str) -> list[Event]:
        return [each for each in self._sandbox.records(0, kinds) if each.fields["call"] == sid]

    def _note(self, call: CallSeen, text: str) -> None:
        self._notes += (NoteSeen(call.utterances[-1].position, text),)

    def _with_notes(self, call: CallSeen) -> CallSeen:
        if self._struck is None or call.id != self._struck.call:
            return call
        # What was said before the blow is shown before it.
        last = self._notes[0].position
        said = [replace(s, is_settled=s.is_settled or s.position <= last) for s in call.utterances]
        return replace(call, utterances=tuple(said), notes=self._notes)


def _is_under_way(call: CallSeen) -> bool:
    """Say whether the callee has answered what Floyd came to say."""
    speakers = [said.speaker for said in call.utterances]
    return not call.is_over and "floyd" in speakers and speakers[-1] != "floyd"


def _carrier(port: int) -> int | None:
    """Return which of our processes is connected to a port of the phone company's."""
    for process in psutil.Process().children(recursive=True):
        try:
            connections = process.net_connections("tcp")
        except psutil.Error:  # it has just ended
            continue
        if any(each.raddr and each.raddr.port == port for each in connections):
            return int(process.pid)
    return None


_BLOWS: dict[Blow, Callable[[SandboxClient, _Struck], object]] = {
    Blow.KILL: lambda _, struck: os.kill(struck.pid, signal.SIGKILL),
    Blow.SIGTERM: lambda _, struck: os.kill(struck.pid, signal.SIGTERM),
    Blow.SOCKET: lambda sandbox, struck: sandbox.lose_socket(struck.sid),
}
