"""The parts' measurements in, what is written to `var/bench.json` and beside it out; pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bench.callee import Notes
from bench.figures import p50_p95, percentile, whole
from bench.goals import KEYS, LEVELS
from bench.parts.long_call import LongCall
from bench.parts.manners import Manners
from bench.parts.replies import Level, knee, rss_mb_per_call
from bench.parts.storm import Storm

_JUDGED_UP_TO = 60
_OPENINGS_UP_TO = 40
_FEWEST, _COST_AT = 1, 40


@dataclass
class Outcome:
    """What was measured so far; what was not is None or empty.

    Attributes:
        unfinished: parts that did not end in time.
    """

    levels: dict[int, Level] = field(default_factory=dict)
    manners: Manners | None = None
    rings_ms: list[float] | None = None
    storm: Storm | None = None
    long_call: LongCall | None = None
    unfinished: list[str] = field(default_factory=list)

    @property
    def notes(self) -> Notes:
        """What all callees had to tell who must not be missed."""
        together = Notes()
        for notes in self._judged():
            together.add(notes)
        return together

    def problems(self) -> list[str]:
        """Return what no run may have, however short or slow: misses and mix-ups."""
        notes = self.notes
        lost = self.storm.lost if self.storm else 0
        unrung = self.rings_ms is not None and not self.rings_ms
        return [
            *(f"not finished in time: {part}" for part in self.unfinished),
            *(f"missed: {what}" for what in notes.missed),
            *(f"crossed: {what}" for what in notes.crossed),
            *([f"lost: {lost} webhooks"] if lost else []),
            *(["no text made a phone ring"] if unrung else []),
        ]

    def doubts(self) -> list[str]:
        """Return what was measured while the bench was late or the machine busy."""
        levels = [f"{level.calls} calls at once" for level in self.levels.values() if level.late]
        manners = ["manners and growth"] if self.manners and self.manners.late else []
        long_call = ["the long call"] if self.long_call and self.long_call.late else []
        storm = ["webhooks"] if self.storm and self.storm.late else []
        return [*levels, *manners, *long_call, *storm]

    def results(self) -> dict[str, Any]:
        """Return what `var/bench.json` holds: None for what was not measured."""
        calls = self._of_calls() | self._of_manners() | self._of_long_call()
        return dict.fromkeys(KEYS) | calls | self._of_doors()

    @property
    def disturbed(self) -> int | None:
        """How often noise, a cough or "mm-hm" kept Floyd from being heard out."""
        if not self.manners or not self.manners.disturbed.disturbances:
            return None
        return len(self.manners.disturbed.disturbed) + len(self.manners.disturbed.missed)

    def details(self) -> dict[str, Any]:
        """Return what explains the results."""
        return {
            "levels": [_level_details(level) for level in self.levels.values()],
            "manners": _manners_details(self.manners) if self.manners else None,
            "rings_ms": self.rings_ms,
            "storm_lags": self.storm.lags if self.storm else None,
            "problems": self.problems(),
        }

    def _judged(self) -> Iterable[Notes]:
        yield from (level.notes for level in self._levels_up_to(_JUDGED_UP_TO))
        if self.manners:
            yield from (self.manners.mixed, self.manners.growing)
        if self.long_call:
            yield self.long_call.notes

    def _levels_up_to(self, most: int) -> list[Level]:
        return [level for calls, level in self.levels.items() if calls <= most]

    def _of_calls(self) -> dict[str, Any]:
        if not self.levels:
            return {}
        some = self._levels_up_to(_OPENINGS_UP_TO)
        cost = self.levels.get(_COST_AT)
        return {
            "reply_ms": {
                calls: p50_p95(self.levels[int(calls)].replies_ms)
                for calls in LEVELS
                if int(calls) in self.levels
            },
            "missed": len(self.notes.missed),
            "gaps": len(self.notes.gaps),
            "knee": knee(list(self.levels.values())),
            "cpu_s_per_call_min": _rounded(cost.cpu_s_per_call_min if cost else None),
            "rss_mb_per_call": _rounded(rss_mb_per_call(self.levels, _FEWEST, _COST_AT)),
            "opening_ms": _median([took for level in some for took in level.notes.openings]),
            "barge_in_ms": _median([took for level in some for took in level.notes.barge_ins]),
        }

    def _of_manners(self) -> dict[str, Any]:
        if not self.manners:
            return {}
        return {
            "missed": len(self.notes.missed),
            "gaps": len(self.notes.gaps),
            "false_cuts": _rounded(self.manners.false_cuts, 4),
            "growth": _rounded(self.manners.growth, 3),
        }

    def _of_doors(self) -> dict[str, Any]:
        return {
            "text_to_ring_ms": _median(self.rings_ms or []),
            "webhooks": self.storm.as_json() if self.storm else None,
        }

    def _of_long_call(self) -> dict[str, Any]:
        return {"long_call": self.long_call.as_json()} if self.long_call else {}


def _median(values: list[float]) -> int | None:
    return whole(percentile(values, 0.5))


def _rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(value, digits)


def _level_details(level: Level) -> dict[str, Any]:
    return {
        "calls": level.calls,
        "replies": len(level.replies_ms),
        "reply_ms": p50_p95(level.replies_ms),
        "opening_ms": p50_p95(level.notes.openings),
        "barge_in_ms": p50_p95(level.notes.barge_ins),
        "cpu_s_per_call_min": _rounded(level.cpu_s_per_call_min),
        "rss_mb": _rounded(level.rss_mb),
        "cores": {name: _rounded(cores) for name, cores in level.cores.items()},
        "lags": level.lags,
        "late": level.late,
        **_faults(level.notes),
    }


def _manners_details(manners: Manners) -> dict[str, Any]:
    return {
        "paused_utterances": manners.mixed.paused,
        "false_cuts": manners.mixed.false_cuts,
        "mixed_reply_ms": p50_p95([took for _, took in manners.mixed.replies]),
        "disturbances": manners.disturbed.disturbances,
        "disturbed_by": manners.disturbed.disturbed,
        "growing_reply_ms": p50_p95([took for _, took in manners.growing.replies]),
        "lags": manners.lags,
        "late": manners.late,
        "mixed": _faults(manners.mixed),
        "disturbed": _faults(manners.disturbed),
        "growing": _faults(manners.growing),
    }


def _faults(notes: Notes) -> dict[str, Any]:
    return {
        "missed": notes.missed,
        "crossed": notes.crossed,
        "gaps_ms": [round(gap) for gap in notes.gaps],
        "fillers": notes.fillers,
    }
