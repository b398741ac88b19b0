"""Whether Floyd waits for who only pauses, stops for who interrupts, and for nothing else; and
whether a long call gets slower.

All of it goes on side by side, for as long as the longest call takes: a call that grows is measured
under the same load at its end as at its beginning.
"""

import asyncio
import statistics
import time
from dataclasses import dataclass, replace
from itertools import count

from bench.callee import Callee, Notes
from bench.parts.crowd import Talk, all_notes, converse
from bench.speech import SILENCE, cough, line_noise
from bench.world import Lags, World, was_late

# A brief turn takes four seconds; a call in which they take longer than this ends early.
A_TURN_S = 5.5
_COMPARED_TURNS = 10
_ONE_EVERY_S = 0.2
_NOISE_FRAMES = 10


@dataclass(frozen=True)
class Crowd:
    """How many callees of each kind there are, and how long they talk.

    Attributes:
        mixed: say finished utterances and such with a pause inside.
        noisy, coughing, humming: are no reason to stop talking.
        growing: say so many turns (`turns`) in one call.
        least_s: how long the others talk when nobody grows.
    """

    mixed: int
    noisy: int
    coughing: int
    humming: int
    growing: int
    turns: int
    least_s: float

    def without_growth(self) -> "Crowd":
        """The same without the long calls."""
        return replace(self, growing=0)

    def without_manners(self) -> "Crowd":
        """The long calls alone."""
        return replace(self, mixed=0, noisy=0, coughing=0, humming=0, least_s=0)


@dataclass(frozen=True)
class Manners:
    """What came of it; `growth` compares the last ten turns with the first ten."""

    mixed: Notes
    disturbed: Notes
    growing: Notes
    growth: float | None
    lags: Lags

    @property
    def late(self) -> bool:
        """The bench itself was late."""
        return was_late(self.lags)

    @property
    def false_cuts(self) -> float | None:
        """The share of utterances with a pause inside that Floyd began to answer in it."""
        return len(self.mixed.false_cuts) / self.mixed.paused if self.mixed.paused else None

    def in_words(self) -> str:
        """One line for whoever waits."""
        cuts = f"{len(self.mixed.false_cuts)} of {self.mixed.paused} pauses cut short"
        stops = f"{len(self.disturbed.disturbed)} of {self.disturbed.disturbances} sounds"
        missed = len(self.mixed.missed) + len(self.growing.missed)
        return f"      {cuts}, stopped by {stops}, growth {self.growth}, missed {missed}"


async def measure(world: World, crowd: Crowd) -> Manners:
    """Let all of them talk."""
    await world.lags()
    ended, orders = asyncio.Event(), count()
    noise = line_noise(seed=1)

    def talking(
        callees: int, talk: Talk, background: tuple[bytes, ...] = (SILENCE,)
    ) -> list[asyncio.Task[Notes]]:
        return [_talking(world, next(orders), talk, background) for _ in range(callees)]

    grown = talking(crowd.growing, lambda callee: _grow(callee, crowd.turns))
    mixed = talking(crowd.mixed, lambda callee: _mix(world, callee, ended))
    disturbed = [
        *talking(crowd.noisy, _disturb("line noise", noise[:_NOISE_FRAMES], ended), noise),
        *talking(crowd.coughing, _disturb("a cough", cough(seed=1), ended)),
        *talking(crowd.humming, _disturb("mm-hm", world.vocabulary.mm_hm.frames, ended)),
    ]
    await asyncio.gather(asyncio.sleep(crowd.least_s), *grown)
    ended.set()
    measured = Manners(
        mixed=await all_notes(mixed),
        disturbed=await all_notes(disturbed),
        growing=await all_notes(grown),
        growth=_growth([task.result() for task in grown]),
        lags=await world.lags(),
    )
    world.rows.end_calls()
    world.say(measured.in_words())
    return measured


def _talking(
    world: World, order: int, talk: Talk, background: tuple[bytes, ...]
) -> asyncio.Task[Notes]:
    callee = world.callee(order, background)
    return asyncio.create_task(converse(callee, talk, time.monotonic() + order * _ONE_EVERY_S))


async def _mix(world: World, callee: Callee, ended: asyncio.Event) -> None:
    for utterance in world.vocabulary.mixed(callee.number):
        if ended.is_set():
            return
        await callee.say(utterance)


def _disturb(what: str, frames: tuple[bytes, ...], ended: asyncio.Event) -> Talk:
    async def talk(callee: Callee) -> None:
        while not ended.is_set():
            await callee.order_and_disturb(what, frames)

    return talk


async def _grow(callee: Callee, turns: int) -> None:
    ends_s = time.monotonic() + turns * A_TURN_S
    for _ in range(turns):
        if time.monotonic() < ends_s:
            await callee.order_briefly()


def _growth(calls: list[Notes]) -> float | None:
    """The median reply of the last ten turns by that of the first ten, over all calls."""
    if not calls or any(len(notes.replies) < 2 * _COMPARED_TURNS for notes in calls):
        return None
    first = [took for notes in calls for _, took in notes.replies[:_COMPARED_TURNS]]
    last = [took for notes in calls for _, took in notes.replies[-_COMPARED_TURNS:]]
    return statistics.median(last) / statistics.median(first)
