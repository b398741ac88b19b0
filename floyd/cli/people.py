"""`floyd users` and `floyd facts`: whom Floyd works for, and what it knows about them."""

import click

from floyd.cli.environment import open_floyd
from floyd.store import users as store
from floyd.store.database import database, migrate
from floyd.store.models import User


@click.group()
def users() -> None:
    """Whom Floyd works for; nobody else is served."""


@users.command("add")
@click.argument("phone")
@click.argument("name")
@click.option("--zone", help="IANA time zone, e.g. America/Toronto; else the number's own.")
def add_user(phone: str, name: str, zone: str | None) -> None:
    """Serve PHONE, whom Floyd calls NAME, from now on."""
    settings = open_floyd()
    migrate()
    with database.connection_context():
        user = store.add_user(phone, name, zone, settings.clock.now())
        click.echo(f"{user.name} ({user.phone}, {user.zone}) can text Floyd now.")


@users.command("list")
def list_users() -> None:
    """List whom Floyd works for."""
    open_floyd()
    with database.connection_context():
        for user in User.select().order_by(User.id):
            click.echo(f"{user.phone}  {user.name}  {user.zone}")


@click.group()
def facts() -> None:
    """What Floyd knows about a user."""


@facts.command("add")
@click.argument("phone")
@click.argument("subject")
@click.argument("value")
def add_fact(phone: str, subject: str, value: str) -> None:
    """Let Floyd know that of the user with PHONE the SUBJECT is VALUE."""
    settings = open_floyd()
    with database.connection_context():
        fact = store.add_fact(store.user_with(phone), subject, value, settings.clock.now())
        click.echo(f"{fact.subject}: {fact.value}")


@facts.command("list")
@click.argument("phone")
def list_facts(phone: str) -> None:
    """List what Floyd knows about the user with PHONE."""
    open_floyd()
    with database.connection_context():
        for fact in store.facts_of(store.user_with(phone)):
            click.echo(f"{fact.subject}: {fact.value}  ({fact.source})")
