"""How soon a text in makes a phone ring: from the webhook to Floyd's request to dial.

The model answers at once, so that what is measured is Floyd's own way: webhook, queue, worker,
understanding, plan, gates, dial.
"""

import asyncio
import time
from secrets import token_hex

from bench.world import World

_RINGS_WITHIN_S = 10.0
_POLL_S = 0.005
_QUIET_POLL_S = 0.1
_QUIET_WITHIN_S = 30.0


async def measure(world: World, texts: int) -> list[float]:
    """Send texts one by one, each from another user; return the milliseconds until it rings."""
    took_ms = []
    for number in range(texts):
        await _quiet(world)
        users, shops = f"+1416555{number + 110:04}", f"+1519555{number + 110:04}"
        world.rows.add_user(users, "Maple School", shops)
        took = await _text(world, users, shops)
        if took is None:
            world.say("a text rang nowhere within 10 s")
        else:
            took_ms.append(took)
    await _quiet(world)
    world.rows.end_calls()
    return took_ms


async def _text(world: World, users: str, shops: str) -> float | None:
    sent_s = time.monotonic()
    fields = {
        "MessageSid": f"SM{token_hex(16)}",
        "AccountSid": world.phone_company.account_sid,
        "From": users,
        "To": world.floyd.settings.twilio_phone_number,
        "Body": "Please call Maple School and tell them that Mara is sick today.",
        "NumMedia": "0",
    }
    await world.phone_company.post(f"{world.floyd.web_url}/twilio/sms", fields)
    placed = world.phone_company.placed
    while shops not in placed and time.monotonic() - sent_s < _RINGS_WITHIN_S:
        await asyncio.sleep(_POLL_S)
    return (placed[shops] - sent_s) * 1000 if shops in placed else None


async def _quiet(world: World) -> None:
    """Wait until the worker has nothing to do: one text's other jobs must not delay the next."""
    deadline_s = time.monotonic() + _QUIET_WITHIN_S
    while await asyncio.to_thread(world.rows.jobs) and time.monotonic() < deadline_s:
        await asyncio.sleep(_QUIET_POLL_S)
    await asyncio.sleep(_QUIET_POLL_S)
