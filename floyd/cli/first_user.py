"""The question that the first `floyd run` asks: whom to work for."""

import sys

import click

from floyd.phone_numbers import to_e164, zones_of
from floyd.run.household import migrate_database
from floyd.settings import Settings
from floyd.store import users
from floyd.store.database import database
from floyd.store.models import User


def ask_for_first_user(settings: Settings) -> None:
    """Ask for a number and a name, unless somebody is served already or nobody can be asked."""
    migrate_database(settings)
    with database.connection_context():
        if User.select().exists():
            return
        if not sys.stdin.isatty():
            click.echo('Nobody is served yet: floyd users add +1... "Name"', err=True)
            return
        click.echo("Whom does Floyd work for? (more later: floyd users add)")
        phone = click.prompt("Their mobile number", value_proc=_a_number)
        name = click.prompt("Their name")
        zone = click.prompt("Their time zone", default=zones_of(phone)[0])
        users.add_user(phone, name, zone, settings.clock.now())


def _a_number(written: str) -> str:
    e164 = to_e164(written)
    if e164 is None:
        raise click.BadParameter("that is not a phone number; with +, from any country")
    return e164
