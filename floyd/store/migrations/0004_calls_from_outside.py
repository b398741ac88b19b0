"""Calls in which Floyd is the one called: they belong to a user, or to nobody yet.

What a user said in one is read like a text of theirs, which names the call.
"""

from typing import Any

from peewee import AutoField, BooleanField, CharField, ForeignKeyField, Model


class User(Model):
    """The table of User."""

    id = AutoField()

    class Meta:
        """Peewee's options."""

        legacy_table_names = False


class Call(Model):
    """The table of Call."""

    id = AutoField()

    class Meta:
        """Peewee's options."""

        legacy_table_names = False


def up(migrator: Any, db: Any) -> None:
    """Add the columns; a call of before was an errand's, and so its user's."""
    whose = ForeignKeyField(User, field=User.id, null=True, on_delete="CASCADE")
    which = ForeignKeyField(Call, field=Call.id, null=True, on_delete="CASCADE")
    migrator.migrate(
        migrator.drop_not_null("call", "errand_id"),
        migrator.add_column("call", "user_id", whose),
        migrator.add_column("call", "role", CharField(default="errand")),
        migrator.add_column("call", "attested", BooleanField(null=True)),
        migrator.add_column("call", "awaited", BooleanField(default=True)),
        migrator.add_index("call", ("dialled",)),
        migrator.add_column("inbound_text", "call_id", which),
    )
    db.execute_sql(
        """UPDATE "call" SET user_id =
        (SELECT errand.user_id FROM errand WHERE errand.id = "call".errand_id)"""
    )


def down(migrator: Any, db: Any) -> None:
    """Drop them, and the calls that belong to no errand, with all that hangs on them."""
    from_outside = '(SELECT id FROM "call" WHERE errand_id IS NULL)'
    # SQLite's keys are switched off while a table is rebuilt, so that nothing cascades.
    for table in ("inbound_text", "utterance", "call_event"):
        db.execute_sql(f"DELETE FROM {table} WHERE call_id IN {from_outside}")
    db.execute_sql('DELETE FROM "call" WHERE errand_id IS NULL')
    migrator.migrate(
        migrator.drop_index("inbound_text", "inbound_text_call_id"),
        migrator.drop_column("inbound_text", "call_id"),
        migrator.drop_index("call", "call_dialled"),
        migrator.drop_column("call", "awaited"),
        migrator.drop_column("call", "attested"),
        migrator.drop_column("call", "role"),
        migrator.drop_index("call", "call_user_id"),
        migrator.drop_column("call", "user_id"),
        migrator.add_not_null("call", "errand_id"),
    )
