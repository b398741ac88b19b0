"""Two ways of running coroutines together: a race, and work in the background."""

import asyncio
from collections.abc import Coroutine
from typing import Any

Work = Coroutine[Any, Any, Any]


async def first_of(*works: Work) -> int:
    """Run all until one is done; the others are cancelled and have ended on return.

    Returns:
        Which one was done first, counting from 0; its exception is raised.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        winner = next(index for index, task in enumerate(tasks) if task.done())
    finally:
        await cancel(*tasks)
    tasks[winner].result()
    return winner


async def cancel(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Background:
    """Tasks that nobody waits for, held until they are done."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Work) -> asyncio.Task[Any]:
        """Start a task; an exception that it does not catch goes to the loop's handler."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            context = {"message": "background work failed", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)

    async def stop(self) -> None:
        """Cancel all that is left and all that it starts in ending, and wait for it."""
        while self._tasks:
            await cancel(*self._tasks)
