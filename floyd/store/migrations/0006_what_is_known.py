"""How sure a fact is and how long it holds, attachments of texts, and short questions back.

What was learned on the phone was told by callees: it is less sure than what users say.
"""

from typing import Any

from peewee import AutoField, CharField, DoubleField, ForeignKeyField, JSONField, Model, TextField


class User(Model):
    """The table of User."""

    id = AutoField()

    class Meta:
        """Peewee's options."""

        legacy_table_names = False


class Inquiry(Model):
    """The table of Inquiry."""

    id = AutoField()
    user = ForeignKeyField(User, on_delete="CASCADE")
    kind = CharField()
    text = TextField()
    matter = JSONField()
    asked_at = DoubleField()
    settled_at = DoubleField(null=True)

    class Meta:
        """Peewee's options."""

        legacy_table_names = False


def up(migrator: Any, db: Any) -> None:
    """Add the columns and the table."""
    migrator.migrate(
        migrator.add_column("fact", "confidence", DoubleField(default=1.0)),
        migrator.add_column("fact", "expires_at", DoubleField(null=True)),
        migrator.add_column("inbound_text", "media", JSONField(null=True)),
        migrator.add_column("inbound_text", "forgotten_at", DoubleField(null=True)),
    )
    db.execute_sql("UPDATE fact SET confidence = 0.6 WHERE substr(source, 1, 5) = 'call:'")
    with db.bind_ctx([User, Inquiry], bind_refs=False, bind_backrefs=False):
        db.create_tables([Inquiry])


def down(migrator: Any, db: Any) -> None:
    """Drop them."""
    db.execute_sql("DROP TABLE inquiry")
    migrator.migrate(
        migrator.drop_column("inbound_text", "forgotten_at"),
        migrator.drop_column("inbound_text", "media"),
        migrator.drop_column("fact", "expires_at"),
        migrator.drop_column("fact", "confidence"),
    )
