"""`floyd users` and `floyd facts`: whom Floyd works for, and what it knows about them."""

import click

from floyd.cli import fact_files
from floyd.cli.environment import open_floyd
from floyd.store import users as store
from floyd.store.database import database, migrate
from floyd.store.models import User

_FORMATS = click.Choice(["csv", "json"])


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
    now = open_floyd().clock.now()
    with database.connection_context():
        for fact in store.facts_of(store.user_with(phone), now):
            click.echo(f"{fact.subject}: {fact.value}  ({fact.source})")


@facts.command("export")
@click.argument("phone")
@click.option("--format", "form", type=_FORMATS, default="csv", show_default=True)
def export_facts(phone: str, form: fact_files.Format) -> None:
    """Print what Floyd knows about the user with PHONE, as a file that can be imported."""
    now = open_floyd().clock.now()
    with database.connection_context():
        known = store.facts_of(store.user_with(phone), now)
        click.echo(fact_files.write(known, form), nl=False)


@facts.command("import")
@click.argument("phone")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--format", "form", type=_FORMATS, help="Else what the name of FILE ends with.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
def import_facts(phone: str, file: str, form: fact_files.Format | None, dry_run: bool) -> None:
    """Let Floyd know what FILE says about the user with PHONE: subject and value, row by row.

    FILE is CSV with these columns or a JSON list; - reads from the terminal. What is known already
    stays; what is known otherwise is superseded.
    """
    now = open_floyd().clock.now()
    named: fact_files.Format = "json" if file.endswith(".json") else "csv"
    with click.open_file(file, encoding="utf-8-sig") as opened:
        rows = fact_files.read(opened.read(), form or named)
    with database.connection_context():
        user = store.user_with(phone)
        before = {fact.subject: fact.value for fact in store.facts_of(user, now)}
        for row in rows:
            click.echo(_change(before.get(row.subject), row))
            if not dry_run and before.get(row.subject) != row.value:
                store.add_fact(
                    user,
                    row.subject,
                    row.value,
                    now,
                    confidence=row.confidence,
                    expires_at=row.expires_at,
                )
            before[row.subject] = row.value
    click.echo("Nothing was changed: this was a dry run." if dry_run else "Done.")


def _change(before: str | None, row: fact_files.FactRow) -> str:
    if before == row.value:
        return f"known    {row.subject}: {row.value}"
    if before is None:
        return f"new      {row.subject}: {row.value}"
    return f"changed  {row.subject}: {row.value}  (was: {before})"
