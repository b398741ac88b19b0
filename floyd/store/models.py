"""The tables. Times are epoch seconds (UTC, Floyd's clock); phone numbers are E.164.

Every row that something must still happen to carries `due_at`: the sweep takes up what is due,
whoever dropped it.
"""

from peewee import (
    AutoField,
    BooleanField,
    CharField,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    TextField,
)

from floyd.store.database import database


class Row(Model):
    """A row of Floyd's database."""

    id = AutoField()

    class Meta:
        """Peewee's options."""

        database = database
        legacy_table_names = False


class User(Row):
    """Someone whom Floyd works for."""

    phone = CharField(unique=True)
    name = CharField()
    zone = CharField()
    created_at = DoubleField()
    welcomed_at = DoubleField(null=True)


class Contact(Row):
    """A place or person whom a user may want phoned."""

    user = ForeignKeyField(User, backref="contacts", on_delete="CASCADE")
    name = TextField()
    phone = CharField()
    about = TextField(default="")
    source = CharField()
    created_at = DoubleField()


class Fact(Row):
    """Something that is known about a user; superseded rather than changed.

    `source` is operator, `text:<id>` or `call:<attempt>`; `confidence` is from 0 to 1, 1 where the
    user said just that. From `expires_at` on it does not hold any more.
    """

    user = ForeignKeyField(User, backref="facts", on_delete="CASCADE")
    subject = TextField()
    value = TextField()
    source = CharField()
    created_at = DoubleField()
    superseded_at = DoubleField(null=True)
    confidence = DoubleField(default=1.0)
    expires_at = DoubleField(null=True)


class Errand(Row):
    """What a user asked for, from request to result.

    `choices` are the places, as a directory listed them, among which the user is asked to choose.
    """

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
    choices = JSONField(null=True)


class ErrandMove(Row):
    """One move of an errand from a state to another, and why."""

    errand = ForeignKeyField(Errand, backref="moves", on_delete="CASCADE")
    from_state = CharField()
    to_state = CharField()
    why = TextField()
    at = DoubleField()


class OutboundText(Row):
    """A text that Floyd sends: written with the change that causes it, sent by a job.

    `occasion` says once and for all what the text is for ("errand:7:calling:<attempt>"), so that no
    cause can send it twice. `state` is queued, sending, sent, delivered, undelivered or failed.
    `absent_at` is when Twilio was first asked in vain for a text that may have been sent.
    """

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
    """One phone call, whoever dialled; its `attempt` names it on every wire.

    Its `role` is errand (Floyd phones a callee), desk (a user calls Floyd) or return (a callee
    calls back). Only in a call from outside may `errand` and `user` be unknown, and `phone` is then
    the caller's number; `attested` is whether Twilio vouches that it is theirs. `awaited` is
    whether the errand is `calling` because of this call, and goes on when it has ended.
    `state` is reserved, dialling, then Twilio's own: queued, ringing, in-progress, completed, busy,
    failed, no-answer, canceled. `generation` counts the media streams that the call was given;
    `token_used` is the last one that has come, `generation_lost` the last one that broke, which was
    at `lost_at`; `settled_at` is when everything that the last one said was stored. `finish` is
    what the conversation itself concluded: outcome, evidence, missing. `absent_at` is when Twilio
    was first asked in vain for a call that may have been placed.
    """

    attempt = CharField(unique=True)
    errand = ForeignKeyField(Errand, null=True, backref="calls", on_delete="CASCADE")
    phone = CharField(index=True)
    dialled = CharField(index=True)
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
    user = ForeignKeyField(User, null=True, backref="calls", on_delete="CASCADE")
    role = CharField(default="errand")
    attested = BooleanField(null=True)
    awaited = BooleanField(default=True)


# One unresolved attempt to a number at a time: Twilio's list could not tell two apart.
Call.add_index(
    Call.dialled,
    unique=True,
    name="call_unresolved",
    where=Call.sid.is_null() & Call.state.in_(("reserved", "dialling")),
)


class InboundText(Row):
    """A text that reached Floyd's number; unique by Twilio's MessageSid.

    What a user said on the phone is read like a text: its `sid` is then the call's CallSid.
    `media` are its attachments, as Twilio told of them: url, content_type. From `forgotten_at` on
    nothing is learned from it any more: its user wanted something in it forgotten.
    """

    sid = CharField(unique=True)
    user = ForeignKeyField(User, null=True, backref="inbound_texts", on_delete="CASCADE")
    phone = CharField(index=True)
    body = TextField()
    media_count = IntegerField(default=0)
    received_at = DoubleField()
    understood_at = DoubleField(null=True)
    due_at = DoubleField(null=True, index=True)
    tries = IntegerField(default=0)
    call = ForeignKeyField(Call, null=True, backref="inbound_texts", on_delete="CASCADE")
    media = JSONField(null=True)
    forgotten_at = DoubleField(null=True)


class Utterance(Row):
    """One stretch of speech of a call: what was said, or of Floyd's words what was heard.

    `meant` is what Floyd meant to say where that differs. Seconds count from the call's first
    media stream. `timings` holds the milliseconds of the reply's way (see `calls.vocabulary`).
    """

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
    """One event of a call's core, in order: enough to run the conversation again.

    The first row of a stream is the brief that it began with. `commands` are what the core decided
    on an event, shortened (see `calls.event_codec`); NULL: it broke.
    """

    call = ForeignKeyField(Call, backref="events", on_delete="CASCADE")
    position = IntegerField()
    at_s = DoubleField()
    event = JSONField()
    commands = JSONField(null=True)

    class Meta:
        """Peewee's options."""

        indexes = ((("call", "position"), True),)


class Question(Row):
    """Something that an errand must know from its user."""

    errand = ForeignKeyField(Errand, backref="questions", on_delete="CASCADE")
    text = TextField()
    asked_at = DoubleField()
    answer = TextField(null=True)
    answered_at = DoubleField(null=True)


class Inquiry(Row):
    """A short question back to a user that belongs to no errand, such as which one they mean.

    `matter` is all that is needed to go on with the answer; see `errands.inquiries` for its kinds.
    """

    user = ForeignKeyField(User, backref="inquiries", on_delete="CASCADE")
    kind = CharField()
    text = TextField()
    matter = JSONField()
    asked_at = DoubleField()
    settled_at = DoubleField(null=True)


ALL = (
    User,
    Contact,
    Fact,
    Errand,
    ErrandMove,
    OutboundText,
    Call,
    InboundText,
    Utterance,
    CallEvent,
    Question,
    Inquiry,
)
