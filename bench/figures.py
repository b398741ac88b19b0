"""Measurements in, the few numbers that say what they are like out; pure."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

_LONGEST_MS = 2000


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value that a share (0 to 1) of all values do not exceed; None without any."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def p50_p95(values: Sequence[float]) -> dict[str, int | None]:
    """Return median and 95th percentile in whole milliseconds."""
    return {"p50": whole(percentile(values, 0.5)), "p95": whole(percentile(values, 0.95))}


def whole(value: float | None) -> int | None:
    """Round a number that may be missing."""
    return None if value is None else round(value)


@dataclass
class Lag:
    """How late a process was for what it had planned: counts by whole milliseconds."""

    counts: list[int] = field(default_factory=lambda: [0] * (_LONGEST_MS + 1))

    def note(self, late_s: float) -> None:
        """Count one moment."""
        self.counts[min(_LONGEST_MS, max(0, int(late_s * 1000)))] += 1

    def take(self) -> dict[str, int]:
        """Return the 99th percentile and the worst, in milliseconds, and begin anew."""
        counts, self.counts = self.counts, [0] * (_LONGEST_MS + 1)
        reached = list(accumulate(counts))
        p99 = bisect_left(reached, 0.99 * reached[-1]) if reached[-1] else 0
        worst = max((late_ms for late_ms, count in enumerate(counts) if count), default=0)
        return {"p99": p99, "worst": worst}
