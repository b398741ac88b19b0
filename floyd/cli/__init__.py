"""The command `floyd`: what an operator types in, what the processes and the database say out."""

from typing import Any

import click

from floyd.cli.people import facts, users
from floyd.cli.replay import replay
from floyd.cli.texting import text, watch
from floyd.cli.worlds import demo, migrate, run, sandbox
from floyd.errors import FloydError, InputRefused


class Command(click.Group):
    """A group of commands that shows Floyd's own errors as one plain message."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except InputRefused as error:
            raise click.ClickException(error.user_text or str(error)) from error
        except FloydError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="floyd")
def main() -> None:
    """Floyd, a personal assistant that makes phone calls.

    Without any account: `floyd demo` plays one errand, `floyd sandbox` keeps a phone world running
    for `floyd text` and `floyd watch`. With real accounts (see README.md): `floyd run`.
    """


for command in (demo, run, sandbox, text, watch, replay, users, facts, migrate):
    main.add_command(command)
