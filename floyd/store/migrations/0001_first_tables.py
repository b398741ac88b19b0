"""The tables of the first release, as they stood then.

They are no models of the application: those go on, this step stays what it was, so that every
database has come the same way. A change of a model comes with a numbered step beside this one.
"""

from typing import Any

from peewee import (
    AutoField,
    CharField,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    TextField,
)


class Row(Model):
    """A row."""

    id = AutoField()

    class Meta:
        """Peewee's options."""

        legacy_table_names = False


class User(Row):
    """The table of User."""

    phone = CharField(unique=True)
    name = CharField()
    zone = CharField()
    created_at = DoubleField()


class Contact(Row):
    """The table of Contact."""

    user = ForeignKeyField(User, backref="contacts", on_delete="CASCADE")
    name = TextField()
    phone = CharField()
    about = TextField(default="")
    source = CharField()
    created_at = DoubleField()


class Fact(Row):
    """The table of Fact."""

    user = ForeignKeyField(User, backref="facts", on_delete="CASCADE")
    subject = TextField()
    value = TextField()
    source = CharField()
    created_at = DoubleField()
    superseded_at = DoubleField(null=True)


class Errand(Row):
    """The table of Errand."""

    user = ForeignKeyField(User, backref="errands", on_delete="CASCADE")
    request = TextField()
    state = CharField(index=True)
    plan = JSONField(null=True)
    snapshot = JSONField(null=True)
    phone = CharField(null=True)
    outcome = CharField(null=True)
    tries = IntegerField(default=0)
    created_at = DoubleField()
    due_at = DoubleField(null=True, index=True)


class ErrandMove(Row):
    """The table of ErrandMove."""

    errand = ForeignKeyField(Errand, backref="moves", on_delete="CASCADE")
    from_state = CharField()
    to_state = CharField()
    why = TextField()
    at = DoubleField()


class InboundText(Row):
    """The table of InboundText."""

    sid = CharField(unique=True)
    user = ForeignKeyField(User, null=True, backref="inbound_texts", on_delete="CASCADE")
    phone = CharField(index=True)
    body = TextField()
    media_count = IntegerField(default=0)
    received_at = DoubleField()
    understood_at = DoubleField(null=True)
    due_at = DoubleField(null=True, index=True)
    tries = IntegerField(default=0)


class OutboundText(Row):
    """The table of OutboundText."""

    occasion = CharField(unique=True)
    user = ForeignKeyField(User, null=True, backref="outbound_texts", on_delete="CASCADE")
    errand = ForeignKeyField(Errand, null=True, backref="texts", on_delete="CASCADE")
    phone = CharField(index=True)
    body = TextField()
    state = CharField(default="queued")
    sid = CharField(null=True, unique=True)
    error_code = IntegerField(null=True)
    tries = IntegerField(default=0)
    absent_at = DoubleField(null=True)
    created_at = DoubleField()
    due_at = DoubleField(null=True, index=True)


class Call(Row):
    """The table of Call."""

    attempt = CharField(unique=True)
    errand = ForeignKeyField(Errand, backref="calls", on_delete="CASCADE")
    phone = CharField(index=True)
    dialled = CharField()
    sid = CharField(null=True, unique=True)
    state = CharField()
    error_code = IntegerField(null=True)
    answered_by = CharField(null=True)
    generation = IntegerField(default=1)
    token_used = IntegerField(default=0)
    generation_lost = IntegerField(default=0)
    lost_at = DoubleField(null=True)
    resumes = JSONField(null=True)
    finish = JSONField(null=True)
    report = JSONField(null=True)
    reported_at = DoubleField(null=True)
    created_at = DoubleField()
    answered_at = DoubleField(null=True)
    ended_at = DoubleField(null=True)
    settled_at = DoubleField(null=True)
    absent_at = DoubleField(null=True)
    due_at = DoubleField(null=True, index=True)


class Utterance(Row):
    """The table of Utterance."""

    call = ForeignKeyField(Call, backref="utterances", on_delete="CASCADE")
    position = IntegerField()
    speaker = CharField()
    text = TextField()
    meant = TextField(null=True)
    started_s = DoubleField()
    ended_s = DoubleField()
    timings = JSONField(null=True)

    class Meta:
        """Peewee's options."""

        indexes = ((("call", "position"), True),)


class CallEvent(Row):
    """The table of CallEvent."""

    call = ForeignKeyField(Call, backref="events", on_delete="CASCADE")
    position = IntegerField()
    at_s = DoubleField()
    event = JSONField()

    class Meta:
        """Peewee's options."""

        indexes = ((("call", "position"), True),)


class Question(Row):
    """The table of Question."""

    errand = ForeignKeyField(Errand, backref="questions", on_delete="CASCADE")
    text = TextField()
    asked_at = DoubleField()
    answer = TextField(null=True)
    answered_at = DoubleField(null=True)


TABLES = (
    User,
    Contact,
    Fact,
    Errand,
    ErrandMove,
    InboundText,
    OutboundText,
    Call,
    Utterance,
    CallEvent,
    Question,
)


def up(migrator: Any, db: Any) -> None:
    """Create every table."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)


def down(migrator: Any, db: Any) -> None:
    """Drop every table."""
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES)
