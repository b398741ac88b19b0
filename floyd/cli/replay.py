"""`floyd replay`: a call once more, on the terminal: what happened, what was decided, how fast."""

import json
import sys

import click

from floyd.calls import replaying
from floyd.calls.event_codec import Kept, whole
from floyd.calls.replaying import Step, Stream
from floyd.cli.environment import open_floyd
from floyd.cli.replay_lines import ReplayLines
from floyd.errors import ReplayError
from floyd.store.database import database


class _NotReplayed(click.ClickException):
    """Nothing was compared: unlike a call that is decided otherwise now."""

    exit_code = 2


@click.command()
@click.argument("name", metavar="CALL")
@click.option("--json", "as_json", is_flag=True, help="For machines: a JSON object on each line.")
def replay(*, name: str, as_json: bool) -> None:
    """Run the stored events of CALL through the conversation's core again; print each decision.

    CALL is a call's number in the database, its attempt, or Twilio's CallSid. Every event is
    printed with the seconds since its media stream began, below it what the core decides on it
    now; at the end, all that was said, and how many milliseconds after the other side's speech
    each step of a reply was reached. Nobody is called.

    Exits with 0 if the core decides what it decided live, with 1 if not (after an upgrade of
    Floyd, say), with 2 if there is nothing to be replayed.
    """
    open_floyd()
    with database.connection_context():
        try:
            same = _show_as_json(name) if as_json else _show(name)
        except ReplayError as error:
            raise _NotReplayed(str(error)) from error
    sys.exit(0 if same else 1)


def _streams(name: str) -> list[Stream]:
    call = replaying.find(name)
    if call is None:
        raise ReplayError(f"There is no call {name}: give its number, its attempt or its CallSid.")
    return replaying.streams_of(call)


def _show(name: str) -> bool:
    """Print a replay for people; return whether the decisions are the same."""
    lines = ReplayLines()
    for stream in _streams(name):
        for line in lines.of_stream(stream):
            click.echo(line)
        for step in replaying.replay(stream):
            for line in lines.of_step(step):
                click.echo(line)
    for line in lines.end():
        click.echo(line)
    return lines.same


def _show_as_json(name: str) -> bool:
    """Print a replay for machines; return whether the decisions are the same."""
    same = True
    for stream in _streams(name):
        click.echo(json.dumps({"stream": stream.generation, "brief": whole(stream.brief)}))
        for step in replaying.replay(stream):
            click.echo(json.dumps(_step_as_json(stream, step)))
            same = same and not step.differs
    return same


def _step_as_json(stream: Stream, step: Step) -> Kept:
    return {
        "stream": stream.generation,
        "position": step.position,
        "at_s": step.at_s,
        "event": whole(step.event),
        "commands": [whole(command) for command in step.commands],
        "live": step.live,
        "differs": step.differs,
        "lost_before": step.lost,
    }
