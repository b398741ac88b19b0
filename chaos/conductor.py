"""A run: families ask for things, processes die as the schedule has it, and all comes to rest."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import inf
from pathlib import Path
from threading import Event

from redis.exceptions import RedisError

from chaos import schedule
from chaos.evidence import Evidence, marks
from chaos.family import Family
from chaos.invariants import no_slot_is_leaked
from chaos.kinds import Kind
from chaos.reaper import Reaper
from chaos.schedule import Kill
from chaos.verdict import Wanted, outcome_of
from chaos.world import World, running
from floyd.calls.progress import FINAL
from floyd.sandbox.scenario import Scenario
from floyd.store import open_store
from floyd.store.models import User

Say = Callable[[str], None]

SCALE = 4.0
READY_WITHIN_S = 90.0
SETTLED_WITHIN_S = 120.0
"""How long after the last kill everything may take, in real seconds; more for each open errand."""

_MORE_FOR_EACH_S = 8.0
_TICK_S = 0.25
_TOLD_EVERY_S = 10.0
_SWEPT_WITHIN_S = 5.0
_SLOW_REQUEST_S = 1.0  # of the sandbox: so that some die with their process
_FLOYD = {
    "FLOYD_WORKERS": "4",
    "FLOYD_MAX_CALLS": "5",
    "FLOYD_TRIES": "2",
    "FLOYD_RETRY_BUSY_S": "60",
    "FLOYD_RETRY_NO_ANSWER_S": "60",
    "FLOYD_RETRY_CUT_OFF_S": "30",
    "FLOYD_FIND_TEXTS_EVERY_S": "30",
}
_FIRST_FAMILY = 100


class Conductor:
    """One run of a seed in a world that stands.

    Args:
        world: it runs, and nothing has happened in it yet.
        seed: decides who lives there, and who is killed when.
        seconds: how long errands begin and processes die.
        say: told each event, as it happens.
    """

    def __init__(self, world: World, seed: int, seconds: float, say: Say) -> None:
        self._world = world
        self._seed = seed
        self._say = say
        self._pause = Event()
        self._reaper = Reaper(world, schedule.kills(seed, seconds), self._tell)
        self._kinds = schedule.kinds(seed, seconds)
        self._beginnings = deque(enumerate(schedule.beginnings(seconds)))
        self._families: list[Family] = []
        self._open: list[Family] = []
        self._acted_at: dict[int, float] = {}
        self._over: set[str] = set()
        self._seen = 0
        self._began_at = 0.0
        self._told_at = 0.0

    @property
    def killed(self) -> list[Kill]:
        """Who was killed, in this order."""
        return self._reaper.killed

    def run(self) -> Evidence:
        """Play all errands to their ends, or until that takes too long; return what is left."""
        self._populate()
        before = marks()
        logs = {each.log: each.log.stat().st_size for each in self._world.processes.values()}
        self._began_at = time.monotonic()
        deadline = inf
        while self._is_going_on() and self._now() < deadline:
            self._tick()
            if self._reaper.is_done and not self._beginnings and deadline == inf:
                self._tell(f"the last kill is over, {len(self._open)} errands are open")
                deadline = self._now() + SETTLED_WITHIN_S + _MORE_FOR_EACH_S * len(self._open)
            self._pause.wait(_TICK_S)
        phones = [each.phone for each in self._families]
        phones += [each.scenario.school_phone for each in self._families]
        return self._swept(lambda: self._world.evidence(before, logs, phones))

    def wanted(self) -> list[Wanted]:
        """Return what each user wanted."""
        users = {user.phone: user.id for user in User.select()}
        return [
            Wanted(str(each), each.kind.name, each.scenario, users[each.phone])
            for each in self._families
        ]

    # --- Its people -------------------------------------------------------------------------------

    def _populate(self) -> None:
        """Let everybody live here who will want something."""
        world = self._world
        # Whoever calls Floyd speaks of the told story's matter: only of orders is that asked.
        world.scenario = Scenario.from_json(world.sandbox.tell(self._seed, "flowers"))
        self._families = [self._family(*each) for each in enumerate(self._kinds)]
        refused = [f.scenario.school_phone for f in self._families if f.kind.is_refused]
        world.sandbox.change_conditions(
            twilio={"blocked_numbers": refused, "api_s": _SLOW_REQUEST_S, "ring_s": 2.0}
        )

    def _family(self, number: int, kind: Kind) -> Family:
        lives = self._world.family(_FIRST_FAMILY + number)
        told = Scenario.from_seed(self._seed, kind.story)
        scenario = replace(lives, story=kind.story, request=told.request)
        self._world.sandbox.put_phone(scenario.school_phone, kind.picks_up)
        return Family(number, kind, scenario)

    # --- What happens -----------------------------------------------------------------------------

    def _tick(self) -> None:
        self._reaper.act(self._now())
        while self._beginnings and self._beginnings[0][1] <= self._now():
            number, _ = self._beginnings.popleft()
            self._open.append(self._families[number])
        self._watch_calls()
        for family in list(self._open):
            self._look_at(family)
        if self._now() - self._told_at >= _TOLD_EVERY_S:
            self._told_at = self._now()
            begun = len(self._families) - len(self._beginnings)
            self._tell(f"{begun} errands begun, {begun - len(self._open)} over")

    def _watch_calls(self) -> None:
        for event in self._world.sandbox.records(self._seen, ["call.status"]):
            self._seen = event.number
            if event.fields["status"] in FINAL:
                self._over.add(event.fields["call"])

    def _look_at(self, family: Family) -> None:
        """Let a user who waits for nothing do what comes next."""
        idle_s = self._now() - self._acted_at.get(family.number, -family.patience_s)
        if idle_s < family.patience_s or not family.is_at_rest(self._over):
            return
        if family.is_over():
            self._open.remove(family)
            (errand, *_) = family.errands()
            outcome = outcome_of({"state": errand.state, "outcome": errand.outcome})
            self._tell(f"{family}: {outcome}")
        elif done := family.go_on(self._world.sandbox):
            self._acted_at[family.number] = self._now()
            self._tell(f"{family}: {done}")

    # --- The end ----------------------------------------------------------------------------------

    def _is_going_on(self) -> bool:
        if not self._reaper.is_done or self._beginnings or self._open:
            return True
        try:
            return not self._world.is_settled()
        except RedisError:
            return True

    def _swept(self, evidence: Callable[[], Evidence]) -> Evidence:
        """A slot that could not be given back when its call ended is so at the next sweep."""
        deadline = self._now() + _SWEPT_WITHIN_S
        while list(no_slot_is_leaked(seen := evidence())) and self._now() < deadline:
            self._pause.wait(_TICK_S)
        return seen

    def _now(self) -> float:
        return time.monotonic() - self._began_at

    def _tell(self, what: str) -> None:
        self._say(f"{self._now():6.1f} s  {what}")


@contextmanager
def standing_world(directory: Path) -> Iterator[World]:
    """Run a world in an empty directory while the block lasts; it is up and at work."""
    world = World(directory, SCALE)
    with running(world, **_FLOYD):
        deadline = time.monotonic() + READY_WITHIN_S
        while not world.is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError("Floyd did not come up; its logs say why")
            world.revive()
            Event().wait(_TICK_S)
        open_store(world.settings)
        yield world
