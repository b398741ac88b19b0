"""Many callees at once: begun one after the other, heard to the end, their notes put together."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from bench.callee import Callee, Notes
from bench.line.media_line import LineLost

Talk = Callable[[Callee], Awaitable[None]]


async def converse(callee: Callee, talk: Talk, begins_s: float) -> Notes:
    """Let a callee pick up at a time, talk and hang up; a broken line is a missed turn."""
    await asyncio.sleep(max(0.0, begins_s - time.monotonic()))
    try:
        await callee.pick_up()
        await talk(callee)
    except LineLost as lost:
        callee.notes.missed.append(f"the line was lost: {lost}")
    finally:
        await callee.hang_up()
    return callee.notes


async def all_notes(conversations: Iterable[Awaitable[Notes]]) -> Notes:
    """Return what all callees have to tell."""
    together = Notes()
    for notes in await asyncio.gather(*conversations):
        together.add(notes)
    return together
