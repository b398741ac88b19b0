"""Several worlds side by side, each in a process of its own; their lines become one output."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import click

from floyd.run import leash
from floyd.run.until_stopped import until_stopped


def shares(seeds: range, worlds: int) -> list[range]:
    """Deal seeds out, the same to each world as far as that goes; nobody gets none."""
    worlds = min(worlds, len(seeds))
    cuts = [len(seeds) * number // worlds for number in range(worlds + 1)]
    return [seeds[first:last] for first, last in pairwise(cuts)]


def play_side_by_side(shares: Sequence[range], options: Sequence[str]) -> int:
    """Run `floyd demo --brief` for each share of the seeds at once; return the worst exit code.

    Args:
        shares: the seeds of each.
        options: what else `floyd demo` is told.
    """
    worlds: list[Process] = []

    def kill() -> None:
        for world in worlds:
            if world.returncode is None:
                world.kill()

    async def work() -> int:
        for seeds in shares:
            own = ("--seed", str(seeds.start), "--seeds", str(len(seeds)))
            worlds.append(await _start((*options, *own)))
        try:
            return max(await asyncio.gather(*map(_relay, worlds)))
        except asyncio.CancelledError:
            await asyncio.gather(*map(_stop, worlds))
            raise

    return until_stopped(work(), kill)


async def _start(options: Sequence[str]) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", leash.__file__, str(os.getpid())),
        *(sys.executable, "-m", "floyd.cli", "demo", "--brief", *options),
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=PIPE,
        stderr=STDOUT,
        cwd=Path.cwd(),
    )


async def _relay(world: Process) -> int:
    """Pass on what a world says until it ends; return its exit code."""
    assert world.stdout is not None
    async for line in world.stdout:
        click.echo(line.decode(errors="replace").rstrip("\n"))
    return await world.wait()


async def _stop(world: Process) -> None:
    if world.returncode is None:
        world.terminate()
    await world.wait()
