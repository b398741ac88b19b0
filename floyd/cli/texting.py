"""`floyd text` and `floyd watch`: the sandbox's user at the phone, and a look at what goes on."""

from contextlib import suppress

import click

from floyd.cli.environment import open_floyd, sandbox_or_exit
from floyd.clock import Clock
from floyd.store.database import database
from floyd.watching.lines import Lines
from floyd.watching.picture import look

_LOOKS_EVERY_S = 0.25


@click.command()
@click.argument("body")
def text(body: str) -> None:
    """Text BODY to Floyd from the phone of the sandbox's user."""
    from floyd.sandbox.client import SandboxClient

    world = sandbox_or_exit()
    SandboxClient(world["control"]).send_text(world["scenario"]["user_phone"], body)
    click.echo("Sent. Follow what comes of it with: floyd watch")


@click.command()
@click.option("--minutes", default=10.0, show_default=True, help="How far to look back first.")
def watch(minutes: float) -> None:
    """Follow texts and calls live: both sides' words, and how long each reply took."""
    with suppress(KeyboardInterrupt):
        _follow(open_floyd().clock, minutes)


def _follow(clock: Clock, minutes: float) -> None:
    since = clock.now() - minutes * 60
    lines = Lines()
    while True:
        with database.connection_context():
            picture = look(since)
        for line in lines.new(picture):
            click.echo(line)
        clock.block(clock.scale * _LOOKS_EVERY_S)
