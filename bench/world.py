"""Everything that the parts of the bench work with."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from secrets import token_hex

from bench import machine
from bench.callee import Callee
from bench.figures import Lag
from bench.floyd_processes import FloydProcesses
from bench.line.media_line import StreamStart
from bench.phone_company import PhoneCompany
from bench.rows import OPENING, Rows
from bench.speech import SILENCE, Vocabulary
from bench.stand_ins.process import StandIns

# Later than this, the driver or a stand-in would be measured instead of Floyd.
_LATE_P99_MS = 20
_LATE_WORST_MS = 150

Lags = dict[str, dict[str, int]]


@dataclass(frozen=True)
class World:
    """A running Floyd, the services that it stands on, and the phone company."""

    floyd: FloydProcesses
    phone_company: PhoneCompany
    stand_ins: StandIns
    rows: Rows
    vocabulary: Vocabulary
    say: Callable[[str], None]
    lag: Lag = field(default_factory=Lag)

    def callee(self, number: int, background: Iterable[bytes] = (SILENCE,)) -> Callee:
        """Return somebody who is about to pick up a call of Floyd's."""
        sid, parameters = self.rows.place_call()
        url = f"{self.floyd.settings.media_url}/twilio/media"
        start = StreamStart(
            url=url,
            signature=self.phone_company.sign(url),
            account_sid=self.phone_company.account_sid,
            call_sid=sid,
            stream_sid=f"MZ{token_hex(16)}",
            parameters=parameters,
        )
        return Callee(number, start, OPENING, self.vocabulary, self.lag, background)

    def cpu_s(self) -> dict[str, float]:
        """Return the processor time that Floyd, driver and stand-ins took so far, and everybody."""
        return {
            "floyd": self.floyd.cpu_s(),
            "driver": machine.cpu_s(os.getpid()),
            **{each.name: machine.cpu_s(each.pid) for each in self.stand_ins.all},
            "everybody": machine.busy_s(),
        }

    async def lags(self) -> Lags:
        """Return how late the bench's own processes were since this was last asked."""
        return {"driver": self.lag.take(), **await self.stand_ins.lags()}


def was_late(lags: Lags) -> bool:
    """Say whether the bench itself was too late for its figures to be Floyd's."""
    return any(lag["p99"] > _LATE_P99_MS or lag["worst"] > _LATE_WORST_MS for lag in lags.values())
