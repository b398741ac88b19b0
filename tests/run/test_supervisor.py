import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import psutil
import pytest

from floyd.run.supervisor import Supervisor
from tests.run.programs import Lines, python

SAYS_ITS_PID = "import os, signal; print(os.getpid()); signal.pause()"
SAYS_WHEN_IT_ENDS = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: (print("ends"), sys.exit()))
print("runs")
signal.pause()
"""
DEAF = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("runs")
while True: signal.pause()
"""
# Like a queue's worker, it starts a process in a process group of its own.
LEAVES_A_PROCESS = """
import os, signal
if child := os.fork():
    print(child)
else:
    os.setpgrp()
signal.pause()
"""

Scenario = Callable[[], Coroutine[Any, Any, None]]


def gone(*pids: int) -> bool:
    """Whether processes have ended, or do so soon."""
    processes = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(processes, timeout=10)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in alive)


def test_a_program_that_dies_is_started_again() -> None:
    async def scenario() -> None:
        lines = Lines()
        async with Supervisor(lines) as supervisor:
            await supervisor.start(python("a", SAYS_ITS_PID))
            first = (await lines.count("a", 1))[0]
            os.kill(int(first), signal.SIGKILL)
            said = await lines.count("a", 3)
        assert said[1] == "ended by SIGKILL; starts again"
        assert said[2] != first

    asyncio.run(scenario())


def test_the_rest_of_a_dead_program_goes_before_it_starts_again() -> None:
    async def scenario() -> None:
        lines = Lines()
        async with Supervisor(lines) as supervisor:
            [child] = await supervisor.start(python("a", LEAVES_A_PROCESS))
            left_behind = int((await lines.count("a", 1))[0])
            os.kill(child.pid or 0, signal.SIGKILL)
            await lines.count("a", 3)
            assert gone(left_behind)

    asyncio.run(scenario())


def test_nothing_is_left_of_a_stopped_program() -> None:
    async def scenario() -> None:
        lines = Lines()
        async with Supervisor(lines) as supervisor:
            [child] = await supervisor.start(python("a", LEAVES_A_PROCESS, stop_within_s=0.1))
            leader, left_behind = child.pid or 0, int((await lines.count("a", 1))[0])
        assert gone(leader, left_behind)
        assert child.pid is None

    asyncio.run(scenario())


def test_what_does_not_listen_to_sigterm_is_killed(monotonic: Callable[[], float]) -> None:
    async def scenario() -> None:
        lines = Lines()
        async with Supervisor(lines) as supervisor:
            [child] = await supervisor.start(python("a", DEAF))
            await lines.count("a", 1)
            supervisor.kill()
            began = monotonic()
        assert child.pid is None
        assert monotonic() - began < 5

    asyncio.run(scenario())


def test_groups_stop_in_the_opposite_order_of_starting() -> None:
    lines = Lines()

    async def scenario() -> None:
        async with Supervisor(lines) as supervisor:
            await supervisor.start(python("first", SAYS_WHEN_IT_ENDS))
            await supervisor.start(python("second", SAYS_WHEN_IT_ENDS))
            await lines.count("first", 1)
            await lines.count("second", 1)

    asyncio.run(scenario())
    assert [name for name, line in lines.seen if line == "ends"] == ["second", "first"]


SUPERVISES = f"""
import asyncio, sys
from floyd.run.supervisor import Supervisor
from tests.run.programs import python

async def main():
    async with Supervisor(lambda name, line: print(line, flush=True)) as supervisor:
        await supervisor.start(python("a", {SAYS_ITS_PID!r}))
        await asyncio.Event().wait()

asyncio.run(main())
"""


def test_nothing_is_left_when_the_supervisor_itself_is_killed() -> None:
    async def scenario() -> None:
        supervisor = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SUPERVISES), stdout=asyncio.subprocess.PIPE
        )
        assert supervisor.stdout is not None
        child = int(await supervisor.stdout.readline())
        supervisor.kill()
        await supervisor.wait()
        assert gone(child)

    asyncio.run(scenario())


@pytest.fixture
def monotonic() -> Callable[[], float]:
    from floyd.clock import Clock

    return Clock().monotonic
