"""How much is measured: in full, or shortened to what shows that nothing is missed."""

from dataclasses import dataclass, replace

from bench.parts.manners import Crowd

PARTS = ("ringing", "replies", "manners", "growth", "webhooks")
# Run only when asked for.
LONG = "long"


@dataclass(frozen=True)
class Plan:
    """What is run.

    Attributes:
        parts: those of PARTS, and LONG, that are wanted.
        levels: how many calls at once, and for how many seconds.
        crowd: who is there when manners and growth are measured.
        texts: how many are sent, one by one, until it rings.
        webhooks_a_second, webhook_seconds: the storm.
        long_minutes: how long the long call is; Floyd takes leave after twenty.
        repeats: how many measurements may be made anew because the bench was late.
    """

    parts: frozenset[str]
    levels: tuple[tuple[int, float], ...]
    crowd: Crowd
    texts: int
    webhooks_a_second: int
    webhook_seconds: int
    long_minutes: float
    repeats: int

    @property
    def most_calls(self) -> int:
        """How many callees there are at once at most."""
        crowd = self.crowd
        others = crowd.mixed + crowd.noisy + crowd.coughing + crowd.humming + crowd.growing
        return max(others, *(calls for calls, _ in self.levels))

    def at(self, levels: list[int]) -> "Plan":
        """The same with other numbers of calls at once."""
        seconds = dict(self.levels)
        longest_s = max(seconds.values())
        return replace(
            self, levels=tuple((calls, seconds.get(calls, longest_s)) for calls in levels)
        )

    @property
    def wanted_crowd(self) -> Crowd:
        """The crowd without those whom no wanted part asks for."""
        crowd = self.crowd
        if "growth" not in self.parts:
            crowd = crowd.without_growth()
        return crowd if "manners" in self.parts else crowd.without_manners()


def full(parts: frozenset[str]) -> Plan:
    """All that BENCH.md asks for, in some eleven minutes."""
    return Plan(
        parts=parts,
        levels=((1, 60), (20, 36), (40, 36), (60, 36), (80, 24), (100, 24)),
        crowd=Crowd(mixed=10, noisy=3, coughing=3, humming=3, growing=4, turns=60, least_s=150),
        texts=10,
        webhooks_a_second=300,
        webhook_seconds=30,
        long_minutes=19,
        repeats=2,
    )


def short(parts: frozenset[str]) -> Plan:
    """A minute of everything, with few calls: its times mean nothing."""
    return Plan(
        parts=parts,
        levels=((1, 14), (4, 24)),
        crowd=Crowd(mixed=1, noisy=1, coughing=1, humming=1, growing=1, turns=4, least_s=15),
        texts=2,
        webhooks_a_second=30,
        webhook_seconds=3,
        long_minutes=1,
        repeats=0,
    )
