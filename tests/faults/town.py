"""A world in which something goes wrong, and what a case wants to do in it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chaos import invariants
from chaos.evidence import Evidence, Marks, marks
from chaos.world import World, running
from floyd.errands.lifecycle import State
from floyd.sandbox.client import PhoneCall
from floyd.sandbox.scenario import Scenario
from floyd.store import open_store
from floyd.store.database import database
from floyd.store.models import Errand

PATIENCE_S = 40.0
_LOOK_EVERY_S = 0.1
_SWEPT_WITHIN_S = 5.0
_READY_WITHIN_S = 90.0


class Town(World):
    """The world of a session; `begin` gives each case a family of its own in it."""

    def __init__(self, directory: Path, scale: float) -> None:
        super().__init__(directory, scale)
        self._families = iter(range(100, 190))
        self._before: Marks = {}
        self._log_sizes: dict[Path, int] = {}
        self._held = 0

    # --- Its people -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin a case: a user and a school that nobody has phoned yet."""
        self.until(self.is_ready, _READY_WITHIN_S)
        open_store(self.settings)
        # What another case has put off would be called in the middle of this one.
        Errand.update(due_at=None).where(Errand.state == State.SCHEDULED).execute()
        self.sandbox.reset()
        self._held = 0
        self.scenario = self.another_family()
        self._before = marks()
        self._log_sizes = {each.log: each.log.stat().st_size for each in self.processes.values()}

    def another_family(self, school: str | None = "school_secretary") -> Scenario:
        """Let another user and another school live here; somebody answers there, or nobody does."""
        family = self.family(next(self._families))
        if school is not None:
            self.sandbox.put_phone(family.school_phone, school)
        return family

    def school_is(self, person: str) -> None:
        """Let somebody else answer the school's phone."""
        self.sandbox.put_phone(self.scenario.school_phone, person)

    def text(self, body: str | None = None) -> None:
        """Text Floyd: what the story's user wants, unless other words are given."""
        self.sandbox.send_text(self.scenario.user_phone, body or self.scenario.request)

    def replies(self, phone: str | None = None) -> list[str]:
        """The texts of Floyd on a phone, oldest first."""
        thread = self.sandbox.thread(phone or self.scenario.user_phone)
        return [text.body for text in thread if text.direction == "in"]

    def reply(self, containing: str, phone: str | None = None) -> str:
        """Wait for a text of Floyd; returns it."""
        found = self.until(lambda: [b for b in self.replies(phone) if containing in b])
        return str(found[0])

    def calls(self) -> list[PhoneCall]:
        """The calls that Floyd has made, oldest first."""
        return [call for call in self.sandbox.calls() if call.direction == "outbound-api"]

    def call(self, status: str) -> PhoneCall:
        """Wait until the newest call has a status; returns it."""
        found = self.until(lambda: [c for c in self.calls()[-1:] if c.status == status])
        return found[0]  # type: ignore[no-any-return]  # what was waited for

    def said(self, speaker: str, words: str) -> None:
        """Wait until the `phone` or the `line` to it has said words in the newest call."""
        self.until(lambda: any(words in heard(call, speaker) for call in self.calls()[-1:]))

    def errands(self) -> int:
        """How many errands this case has."""
        return Errand.select().where(Errand.id > self._before[Errand]).count()

    def when(self, kind: str, **fields: Any) -> float:
        """When the world recorded an event first, in seconds; 0 when it has not."""
        for event in self.sandbox.records(0, [kind]):
            if all(event.fields.get(name) == value for name, value in fields.items()):
                return datetime.fromisoformat(event.at).timestamp()
        return 0.0

    def when_last(self, kind: str) -> float:
        """When the world recorded an event last, in seconds; it has."""
        return datetime.fromisoformat(self.sandbox.records(0, [kind])[-1].at).timestamp()

    @property
    def media_port(self) -> int:
        """Where the `calls` processes are reached."""
        return urlsplit(self.settings.media_url).port or 0

    # --- Waiting ----------------------------------------------------------------------------------

    def until(self, seen: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
        """Wait until something can be seen: asked again whenever the world records an event.

        What ends by itself meanwhile is started again, as by any supervisor.
        """
        since = 0
        deadline = time.monotonic() + patience_s
        while not (result := seen()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not seen within {patience_s} s\n{self._so_far()}")
            self.revive()
            for event in self.sandbox.records(since, (), _LOOK_EVERY_S):
                since = event.number
        return result

    def _so_far(self) -> str:
        """What has been said and texted, for whoever reads a failure."""
        said = [f"{each.speaker}: {each.text}" for c in self.calls() for each in c.transcript]
        return "\n".join([*said, *(f"text: {body}" for body in self.replies())])

    def passed(self, seconds: float) -> None:
        """Wait until so many seconds of the world have passed."""
        end = self.settings.clock.monotonic() + seconds
        self.until(lambda: self.settings.clock.monotonic() >= end)

    def until_settled(self) -> None:
        """Wait until nothing is on its way any more."""
        self.until(self.is_settled)

    # --- Faults -----------------------------------------------------------------------------------

    def fault(self, match: str, action: str, **options: Any) -> None:
        """Let the next matching exchanges go wrong; see floyd.sandbox.faults.Fault."""
        self.sandbox.add_fault(match, action, **options)

    def until_held(self) -> str:
        """Wait until an exchange is held; returns its name."""
        event = self.until(lambda: self.sandbox.records(self._held, ["fault.held"]))[0]
        self._held = event.number
        return str(event.fields["name"])

    def crash_while_held(self, name: str) -> None:
        """Kill a process while an exchange of its is held, let the exchange go, start it again."""
        self.until_held()
        self.kill(name)
        self.sandbox.release()
        self.start(name)

    # --- The end ----------------------------------------------------------------------------------

    def end(self) -> None:
        """Let the next case find all processes running, with their own settings."""
        self.sandbox.release()
        for process in self.processes.values():
            process.restore()
        database.close()

    def check(self) -> None:
        """Wait for the end of all that goes on, and check every invariant."""
        self.until_settled()
        with suppress(TimeoutError):
            self.until(self._is_swept, _SWEPT_WITHIN_S)
        invariants.check(self._left())

    def _is_swept(self) -> bool:
        """A slot that could not be given back when its call ended is so at the next sweep."""
        return not list(invariants.no_slot_is_leaked(self._left()))

    def _left(self) -> Evidence:
        phones = (self.scenario.user_phone, self.scenario.school_phone)
        return self.evidence(self._before, self._log_sizes, phones)


def heard(call: PhoneCall, speaker: str) -> str:
    """All that one side of a call has said, in small letters."""
    return " ".join(each.text for each in call.transcript if each.speaker == speaker).lower()


@contextmanager
def town(directory: Path, scale: float) -> Iterator[Town]:
    """Run a world with a Floyd of the Procfile's processes in it while the block lasts."""
    place = Town(directory, scale)
    with running(place):
        yield place
