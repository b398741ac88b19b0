"""What a call's core decided on each event, to be compared with what it decides in a replay."""

from typing import Any

from peewee import JSONField


def up(migrator: Any, db: Any) -> None:
    """Add the column; of older events the decisions are not known."""
    migrator.migrate(migrator.add_column("call_event", "commands", JSONField(null=True)))


def down(migrator: Any, db: Any) -> None:
    """Drop it."""
    migrator.migrate(migrator.drop_column("call_event", "commands"))
