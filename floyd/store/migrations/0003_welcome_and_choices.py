"""When a user was welcomed, and the places among which an errand's user may choose.

Whoever is served already needs no welcome.
"""

from typing import Any

from peewee import DoubleField, JSONField


def up(migrator: Any, db: Any) -> None:
    """Add the columns."""
    migrator.migrate(
        migrator.add_column("user", "welcomed_at", DoubleField(null=True)),
        migrator.add_column("errand", "choices", JSONField(null=True)),
    )
    db.execute_sql('UPDATE "user" SET welcomed_at = created_at')


def down(migrator: Any, db: Any) -> None:
    """Drop them."""
    migrator.migrate(
        migrator.drop_column("errand", "choices"),
        migrator.drop_column("user", "welcomed_at"),
    )
