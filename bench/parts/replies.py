"""How soon Floyd answers with so many calls at once, and what that takes of the machine."""

import asyncio
import time
from dataclasses import dataclass

from bench.callee import Callee, Notes
from bench.figures import p50_p95, percentile
from bench.parts.crowd import all_notes, converse
from bench.world import Lags, World, was_late

_ONE_EVERY_S = 0.12
_KNEE_IS_TIMES = 2
_WANTED = 60
# More than that for others, and it is not Floyd alone that is measured.
_OTHERS_CORES = 0.3
OTHERS = "others"


@dataclass(frozen=True)
class Level:
    """What came of so many calls at once.

    Attributes:
        replies_ms: while all of them were talking.
        cpu_s_per_call_min: of all of Floyd's processes, while all of them were talking.
        rss_mb: of the process that held them, at the end.
        cores: how many processors were at work for Floyd, driver, each stand-in, and `others`.
    """

    calls: int
    replies_ms: list[float]
    notes: Notes
    cpu_s_per_call_min: float
    rss_mb: float
    cores: dict[str, float]
    lags: Lags

    @property
    def late(self) -> bool:
        """The bench itself was late, or the machine had other things to do."""
        return was_late(self.lags) or self.cores[OTHERS] > _OTHERS_CORES

    @property
    def p95_ms(self) -> float | None:
        """The reply time that 95 % did not exceed."""
        return percentile(self.replies_ms, 0.95)

    def in_words(self) -> str:
        """One line for whoever waits."""
        reply = p50_p95(self.replies_ms)
        faults = len(self.notes.missed), len(self.notes.crossed), len(self.notes.gaps)
        worst_ms = max(lag["worst"] for lag in self.lags.values())
        late = f"; LATE by {worst_ms} ms, others took {self.cores[OTHERS]:.1f} processors"
        return (
            f"{self.calls:4} calls: {len(self.replies_ms)} replies, p50 {reply['p50']} ms,"
            f" p95 {reply['p95']} ms; missed {faults[0]}, crossed {faults[1]}, gaps {faults[2]};"
            f" {self.cpu_s_per_call_min:.2f} CPU-s a call-minute"
            f"{late if self.late else ''}"
        )


async def measure(world: World, calls: int, talk_s: float) -> Level:
    """Hold so many calls at once, all of them for `talk_s` seconds."""
    await world.lags()
    callees = [world.callee(number) for number in range(calls)]
    begins_s = time.monotonic()
    all_up_s = begins_s + calls * _ONE_EVERY_S
    ends_s = all_up_s + talk_s

    async def talk(callee: Callee) -> None:
        """Three turns and one interruption, again and again."""
        turns = (callee.order, callee.order_and_interrupt, callee.order)
        while time.monotonic() < ends_s:
            for turn in turns:
                if time.monotonic() < ends_s:
                    await turn()

    talking = asyncio.gather(
        _taken_between(world, all_up_s, ends_s),
        all_notes(
            converse(callee, talk, begins_s + callee.number * _ONE_EVERY_S) for callee in callees
        ),
    )
    (cores, rss_mb), notes = await talking
    level = Level(
        calls=calls,
        replies_ms=[took for asked_s, took in notes.replies if all_up_s <= asked_s <= ends_s],
        notes=notes,
        cpu_s_per_call_min=cores["floyd"] * 60 / calls,
        rss_mb=rss_mb,
        cores=cores,
        lags=await world.lags(),
    )
    world.rows.end_calls()
    world.say(level.in_words())
    return level


async def _taken_between(
    world: World, begins_s: float, ends_s: float
) -> tuple[dict[str, float], float]:
    """How many processors were at work for whom, and the memory that Floyd's calls end with."""
    await asyncio.sleep(begins_s - time.monotonic())
    before = await asyncio.to_thread(world.cpu_s)
    await asyncio.sleep(ends_s - time.monotonic())
    after = await asyncio.to_thread(world.cpu_s)
    cores = {name: (after[name] - before[name]) / (ends_s - begins_s) for name in after}
    everybody = cores.pop("everybody")
    cores[OTHERS] = max(0.0, everybody - sum(cores.values()))
    return cores, await asyncio.to_thread(world.floyd.calls_rss_mb)


def knee(levels: list[Level]) -> int | None:
    """Return the most calls whose p95 is under twice that of the fewest, nothing missed.

    Returns:
        None when too few calls were tried to tell.
    """
    holding = None
    slowest_ms = _KNEE_IS_TIMES * (levels[0].p95_ms or 0) if levels else 0
    for level in levels:
        if level.notes.missed or level.p95_ms is None or level.p95_ms >= slowest_ms:
            return holding
        holding = level.calls
    return holding if holding and holding >= _WANTED else None


def rss_mb_per_call(levels: dict[int, Level], fewest: int, most: int) -> float | None:
    """Return how much memory a further call takes."""
    if fewest not in levels or most not in levels or fewest == most:
        return None
    return (levels[most].rss_mb - levels[fewest].rss_mb) / (most - fewest)
