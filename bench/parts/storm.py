"""What becomes of webhooks that come in hundreds a second: stored, every one, and soon answered."""

import asyncio
import time
from dataclasses import dataclass
from secrets import token_hex

from bench.figures import percentile, whole
from bench.lag import Heartbeat
from bench.world import Lags, World, was_late

_USERS = 200


@dataclass(frozen=True)
class Storm:
    """What came of it; times count from the moment at which a webhook was to be sent."""

    took_ms: list[float]
    lost: int
    lags: Lags

    @property
    def late(self) -> bool:
        """The bench itself was late."""
        return was_late(self.lags)

    def as_json(self) -> dict[str, int | None]:
        """Median, 99th percentile, and how many were not answered or not stored."""
        return {
            "p50": whole(percentile(self.took_ms, 0.5)),
            "p99": whole(percentile(self.took_ms, 0.99)),
            "lost": self.lost,
        }


async def measure(world: World, a_second: int, seconds: int) -> Storm:
    """Have many people text at once; what their texts cause goes on meanwhile."""
    await world.lags()
    users = [f"+1647555{number:04}" for number in range(_USERS)]
    world.rows.add_users(users)
    heartbeat = Heartbeat(world.lag)
    begins_s = time.monotonic() + 0.1
    texts = [
        asyncio.create_task(_text(world, users[number % _USERS], begins_s + number / a_second))
        for number in range(a_second * seconds)
    ]
    answers = await asyncio.gather(*texts)
    heartbeat.stop()
    lags = await world.lags()
    stored = await asyncio.to_thread(world.rows.texts_stored)
    return Storm(
        took_ms=[took_ms for _, took_ms, _ in answers],
        lost=sum(not answered or sid not in stored for sid, _, answered in answers),
        lags=lags,
    )


async def _text(world: World, user: str, due_s: float) -> tuple[str, float, bool]:
    """Send a text when it is due; return its SID, how long it took, and whether it was taken."""
    sid = f"SM{token_hex(16)}"
    fields = {
        "MessageSid": sid,
        "AccountSid": world.phone_company.account_sid,
        "From": user,
        "To": world.floyd.settings.twilio_phone_number,
        "Body": "Thanks!",
        "NumMedia": "0",
    }
    await asyncio.sleep(due_s - time.monotonic())
    answered = await world.phone_company.post(f"{world.floyd.web_url}/twilio/sms", fields)
    return sid, (time.monotonic() - due_s) * 1000, answered
