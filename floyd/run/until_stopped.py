"""Runs something until it is done or the operator stops it."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

STOPPED = 128 + signal.SIGINT
"""The exit code of what a signal has stopped."""

_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def until_told_to_end(work: Coroutine[Any, Any, None], hurry: Callable[[], None]) -> None:
    """Run what has no end of its own; being stopped is how it ends well. See `until_stopped`."""

    async def endless() -> int:
        await work
        return 0

    until_stopped(endless(), hurry)


def until_stopped(work: Coroutine[Any, Any, int], hurry: Callable[[], None]) -> int:
    """Run a coroutine; return what it returns, or STOPPED when a signal ended it.

    Args:
        work: is cancelled at the first Ctrl-C, SIGTERM or SIGHUP.
        hurry: is called at every further one, while the work clears up.
    """
    return asyncio.run(_run(work, hurry))


async def _run(work: Coroutine[Any, Any, int], hurry: Callable[[], None]) -> int:
    task = asyncio.ensure_future(work)
    stopped = False

    def stop() -> None:
        nonlocal stopped
        if stopped:
            hurry()
        else:
            task.cancel()
        stopped = True

    for number in _STOPS:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        return await task
    return STOPPED
