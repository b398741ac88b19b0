"""How long to wait for a service: scaled, but never so short that a busy machine fails."""

from floyd.clock import Clock

_SHORTEST_S = 2.0


def patience(clock: Clock, seconds: float) -> float:
    """Return real seconds to wait for an answer that is due within scaled `seconds`.

    A time scale speeds up waits, not processors: below two real seconds nothing is cut further.
    """
    return max(clock.real(seconds), min(seconds, _SHORTEST_S))
