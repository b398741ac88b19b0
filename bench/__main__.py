"""`python -m bench`: measures Floyd, prints BENCH.md's table, writes `var/bench.json`."""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

import click
import uvloop

from bench import plan as plans
from bench.conductor import Conductor, world
from bench.goals import DISTURBED, hard_holds, table
from bench.outcome import Outcome

_RESULTS = Path("var/bench.json")
_DETAILS = Path("var/bench-details.json")
_LOG = Path("var/bench-floyd.log")


@click.command()
@click.option("--short", is_flag=True, help="A minute with few calls: judges no times.")
@click.option("--only", default=",".join(plans.PARTS), show_default=True, help="Parts to run.")
@click.option("--calls", help="Other numbers of calls at once, such as 1,2.")
@click.option("--seed", default=0, show_default=True, help="Decides what callees say and when.")
def main(short: bool, only: str, calls: str | None, seed: int) -> None:
    """Measure how fast Floyd is, by calls in real time against its real processes.

    Exits with 0 if all that must hold does; with --short, if nothing was missed or mixed up.
    """
    parts = frozenset(only.split(","))
    there_are = (*plans.PARTS, plans.LONG)
    if unknown := parts - set(there_are):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}; there are {there_are}")
    plan = plans.short(parts) if short else plans.full(parts)
    if calls:
        plan = plan.at([int(number) for number in calls.split(",")])
    outcome = uvloop.run(_run(plan, seed))
    results = outcome.results() | {DISTURBED: outcome.disturbed}
    _write(outcome)
    click.echo("\n".join(table(results)))
    if doubts := outcome.doubts():
        click.echo(f"Doubtful, for the bench was late or the machine busy: {', '.join(doubts)}.")
    problems = outcome.problems()
    click.echo("".join(f"{problem}\n" for problem in problems), nl=False)
    sys.exit(0 if not problems and (short or hard_holds(results)) else 1)


async def _run(plan: plans.Plan, seed: int) -> Outcome:
    began_s = time.monotonic()

    def say(line: str) -> None:
        click.echo(f"{time.monotonic() - began_s:4.0f} s  {line}", err=True)

    with tempfile.TemporaryDirectory(prefix="floyd-bench-") as directory:
        place = Path(directory)
        try:
            async with world(place, seed, plan.most_calls, say) as everything:
                conductor = Conductor(everything, plan)
                await conductor.run()
        finally:
            await asyncio.to_thread(_keep_log, place / "floyd.log")
    return conductor.outcome


def _keep_log(log: Path) -> None:
    if log.exists():
        _LOG.parent.mkdir(parents=True, exist_ok=True)
        _LOG.write_bytes(log.read_bytes())


def _write(outcome: Outcome) -> None:
    _RESULTS.parent.mkdir(parents=True, exist_ok=True)
    for path, content in ((_RESULTS, outcome.results()), (_DETAILS, outcome.details())):
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
