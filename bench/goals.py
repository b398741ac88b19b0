"""BENCH.md's table: what must hold, where we are going, and what was measured; pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Results = Mapping[str, Any]
"""What `var/bench.json` holds."""

KEYS = (
    "reply_ms",
    "missed",
    "gaps",
    "knee",
    "cpu_s_per_call_min",
    "rss_mb_per_call",
    "opening_ms",
    "barge_in_ms",
    "false_cuts",
    "growth",
    "text_to_ring_ms",
    "webhooks",
)
# Not in the file: part of the row of barge-in.
DISTURBED = "disturbed"
LEVELS = ("1", "20", "40", "60")


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        of: takes the value out of the results; None when it was not measured.
        hard, goal: the value may not be worse; None says nothing.
        least: more is better.
    """

    what: str
    of: Callable[[Results], float | None]
    hard: float | None
    goal: float | None
    unit: str = "ms"
    least: bool = False

    def holds(self, results: Results) -> bool | None:
        """Say whether the hard value holds; None when nothing was measured or asked."""
        return self._reaches(self.of(results), self.hard)

    def reaches_goal(self, results: Results) -> bool | None:
        """Say whether the goal is reached."""
        return self._reaches(self.of(results), self.goal)

    def _reaches(self, value: float | None, wanted: float | None) -> bool | None:
        if value is None or wanted is None:
            return None
        return value >= wanted if self.least else value <= wanted


def _reply(calls: str, figure: str) -> Callable[[Results], float | None]:
    return lambda results: (results["reply_ms"] or {}).get(calls, {}).get(figure)


def _webhook(figure: str) -> Callable[[Results], float | None]:
    return lambda results: (results["webhooks"] or {}).get(figure)


def _single(key: str) -> Callable[[Results], float | None]:
    return lambda results: results.get(key)


def _percent(key: str) -> Callable[[Results], float | None]:
    return lambda results: None if results[key] is None else 100 * results[key]


ROWS = (
    *(
        row
        for calls in ("1", "20", "40")
        for row in (
            Row(f"reply p50, {calls} at once", _reply(calls, "p50"), 720, 710),
            Row(f"reply p95, {calls} at once", _reply(calls, "p95"), 850, 750),
        )
    ),
    Row("reply p50, 60 at once", _reply("60", "p50"), None, 720),
    Row("reply p95, 60 at once", _reply("60", "p95"), None, 800),
    Row("turns missed", _single("missed"), 0, 0, ""),
    Row("playback gaps over 30 ms", _single("gaps"), 0, 0, ""),
    Row("the knee", _single("knee"), 60, 100, "calls", least=True),
    Row("CPU a call-minute at 40", _single("cpu_s_per_call_min"), 1.0, 0.5, "s"),
    Row("memory a call at 40", _single("rss_mb_per_call"), 8, 3, "MB"),
    Row("opening p50", _single("opening_ms"), 500, 400),
    Row("barge-in p50", _single("barge_in_ms"), 350, 250),
    Row("stopped by noise, coughs, mm-hm", _single(DISTURBED), 0, 0, ""),
    Row("false cuts", _percent("false_cuts"), 5, 2, "%"),
    Row("growth over 60 turns", _single("growth"), 1.05, 1.02, "times"),
    Row("text in to ringing out p50", _single("text_to_ring_ms"), 250, 100),
    Row("webhooks lost, 300/s for 30 s", _webhook("lost"), 0, 0, ""),
    Row("webhooks p99, 300/s for 30 s", _webhook("p99"), 250, 50),
)


def table(results: Results) -> list[str]:
    """Return the table, a line a row."""
    lines = [f"{'':32}{'measured':>12}{'hard':>8}{'':8}{'goal':>8}"]
    for row in ROWS:
        value, hard = row.of(results), row.holds(results)
        measured = "-" if value is None else f"{_written(value)} {row.unit}".strip()
        verdict = {True: "ok", False: "MISSED", None: ""}
        lines.append(
            f"{row.what:32}{measured:>12}{_written(row.hard):>8} {verdict[hard]:7}"
            f"{_written(row.goal):>8} {verdict[row.reaches_goal(results)].lower()}".rstrip()
        )
    return lines


def hard_holds(results: Results) -> bool:
    """Say whether nothing that was measured misses what must hold."""
    return all(row.holds(results) is not False for row in ROWS)


def _written(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
