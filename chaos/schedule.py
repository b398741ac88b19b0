"""What happens when, as a seed has it: which process is killed, and when errands begin; pure.

All times are real seconds from the start of a run.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from chaos.kinds import KINDS, Kind
from chaos.world import CALLS
from floyd.sandbox.twilio.conditions import SocketLoss

VICTIMS = ("web", *CALLS, "worker", "clock", "redis")
MOST_ERRANDS = 50
FEWEST_ERRANDS = 10
_REAL_S_AN_ERRAND = 12.0
_BEGIN_WITHIN = 0.6  # of the run: the last ones need time to end
_KILLS_WITHIN = 0.85
_FIRST_KILL_S = 3.0
_GAP_S = (4.0, 9.0)
_GONE_S = (0.2, 2.5)
_EMPTIED_RATE = 0.3
# That a call goes on is what Twilio documents, for a socket that our side closes.
_LOSSES = (SocketLoss.CONTINUE, *SocketLoss)


@dataclass(frozen=True)
class Kill:
    """One `kill -9`.

    Attributes:
        at_s: when.
        process: which one, with all that it has started.
        gone_s: how long until it is started again.
        emptied: whether Redis comes back knowing nothing.
        loss: what Twilio does with calls whose media socket is lost by it; only `calls` has any.
    """

    at_s: float
    process: str
    gone_s: float
    emptied: bool = False
    loss: SocketLoss | None = None

    def __str__(self) -> str:
        emptied = ", and emptied" if self.emptied else ""
        loss = f"; its calls {_IN_WORDS[self.loss]}" if self.loss else ""
        return f"{self.process}{emptied}, for {self.gone_s:.1f} s{loss}"


_IN_WORDS = {
    SocketLoss.CONTINUE: "go on at once",
    SocketLoss.CONTINUE_AFTER_10_S: "go on 10 s later",
    SocketLoss.HANG_UP: "are hung up",
}


def kills(seed: int, seconds: float) -> list[Kill]:
    """Return who is killed when: each in turn, in an order and at times of the seed's own."""
    draw = random.Random(f"chaos {seed}")
    victims = _victims(draw)
    found: list[Kill] = []
    at_s = _FIRST_KILL_S
    while at_s < seconds * _KILLS_WITHIN:
        found.append(_kill(draw, round(at_s, 1), next(victims)))
        at_s += draw.uniform(*_GAP_S)
    return found


def _kill(draw: random.Random, at_s: float, process: str) -> Kill:
    gone_s = round(draw.uniform(*_GONE_S), 1)
    emptied = process == "redis" and draw.random() < _EMPTIED_RATE
    loss = draw.choice(_LOSSES) if process in CALLS else None
    return Kill(at_s, process, gone_s, emptied, loss)


def _victims(draw: random.Random) -> Iterator[str]:
    """Yield process after process, the worker most often, nobody twice running."""
    last = ""
    while True:
        deck = draw.sample([*VICTIMS, "worker"], len(VICTIMS) + 1)
        for process in deck:
            if process != last:
                yield process
            last = process


def errands(seconds: float) -> int:
    """Return how many errands can end in a run."""
    return min(MOST_ERRANDS, max(FEWEST_ERRANDS, round(seconds / _REAL_S_AN_ERRAND)))


def kinds(seed: int, seconds: float) -> list[Kind]:
    """Return of what kind each errand is: all in turn, in an order of the seed's own."""
    order = random.Random(f"kinds {seed}").sample(KINDS, len(KINDS))
    return list(islice(cycle(order), errands(seconds)))


def beginnings(seconds: float) -> list[float]:
    """Return when each errand begins."""
    number = errands(seconds)
    return [round(seconds * _BEGIN_WITHIN * each / number, 1) for each in range(number)]
