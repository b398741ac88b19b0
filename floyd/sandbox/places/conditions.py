"""How the stand-in for Google Places behaves; tests and the control API change it live."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class PlacesConditions:
    """Latencies are sandbox seconds. What counts down affects so many next searches."""

    latency_s: float = 0.15
    fail_next: list[int] = field(default_factory=list)
    """HTTP statuses of the next searches, in order."""
    hang_next: int = 0
    """No answer ever comes."""
    malformed_next: int = 0
    """Half of the answer comes."""
