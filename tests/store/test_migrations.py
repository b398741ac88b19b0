import pytest
from peewee import IntegrityError
from playhouse.migrations import Runner
from redis import Redis

from floyd.store.database import MIGRATIONS, database, migrate
from floyd.store.models import ALL, Call, CallEvent, Errand, InboundText, User, Utterance


def _schema() -> dict[str, object]:
    tables = {model._meta.table_name for model in ALL}
    return {
        table: (
            [(c.name, c.data_type, c.null, c.primary_key) for c in database.get_columns(table)],
            sorted((tuple(i.columns), i.unique) for i in database.get_indexes(table)),
            sorted(
                (f.column, f.dest_table, f.dest_column) for f in database.get_foreign_keys(table)
            ),
        )
        for table in tables
    }


def test_the_migrations_make_the_tables_that_the_models_need(empty: Redis) -> None:
    assert migrate() != []
    migrated = _schema()
    database.drop_tables(ALL)
    database.create_tables(ALL)
    assert migrated == _schema()


def test_migrating_twice_applies_nothing(store: Redis) -> None:
    assert migrate() == []


def test_every_step_goes_back(store: Redis) -> None:
    runner = Runner(database.obj, directory=str(MIGRATIONS))
    for _ in sorted(MIGRATIONS.glob("0*.py")):
        runner.down()
    assert [name for name in database.get_tables() if name != "schema_migration"] == []


def test_whoever_was_served_before_there_were_welcomes_needs_none(store: Redis) -> None:
    Runner(database.obj, directory=str(MIGRATIONS)).down("0003_welcome_and_choices")
    database.execute_sql(
        """INSERT INTO "user" (phone, name, zone, created_at)
        VALUES ('+15195550123', 'Ada', 'UTC', 5.0)"""
    )
    migrate()
    assert User.get().welcomed_at == 5.0


def _older(store: Redis, call: Call) -> None:
    """Bring a call with all that hangs on it to a database of before there were others' calls."""
    Utterance.create(call=call, position=0, speaker="callee", text="Hi", started_s=0, ended_s=1)
    CallEvent.create(call=call, position=0, at_s=0.0, event={})
    Runner(database.obj, directory=str(MIGRATIONS)).down("0004_calls_from_outside")


def test_calls_of_before_are_kept_whole_and_are_their_errands_users(
    store: Redis, call: Call
) -> None:
    Call.update(user=None).execute()
    _older(store, call)
    migrate()
    kept = Call.get()
    assert (kept.user, kept.role) == (call.errand.user, "errand")
    assert (kept.attested, kept.awaited) == (None, True)
    assert (kept.utterances.count(), kept.events.count()) == (1, 1)


def test_going_back_drops_only_the_calls_of_no_errand(store: Redis, call: Call) -> None:
    ours = Call.create(
        attempt="c" * 32,
        user=call.errand.user,
        role="desk",
        phone=call.errand.user.phone,
        dialled=call.errand.user.phone,
        sid="CA9",
        state="completed",
        created_at=0.0,
    )
    Utterance.create(call=ours, position=0, speaker="callee", text="Hi", started_s=0, ended_s=1)
    InboundText.create(sid="CA9", call=ours, phone=ours.phone, body="Hi", received_at=0.0)
    _older(store, call)
    migrate()
    assert [one.id for one in Call.select()] == [call.id]
    assert [one.call_id for one in Utterance.select()] == [call.id]
    assert InboundText.select().count() == 0


def test_a_dial_is_still_the_only_unresolved_one_to_its_number(store: Redis, call: Call) -> None:
    with pytest.raises(IntegrityError):
        Call.create(
            attempt="c" * 32,
            errand=call.errand,
            phone=call.phone,
            dialled=call.dialled,
            state="reserved",
            created_at=0.0,
        )


def test_with_a_user_their_calls_go_and_what_was_said_in_them(store: Redis, user: User) -> None:
    ours = Call.create(
        attempt="c" * 32,
        user=user,
        role="desk",
        phone=user.phone,
        dialled=user.phone,
        sid="CA9",
        state="completed",
        created_at=0.0,
    )
    InboundText.create(sid="CA9", call=ours, phone=user.phone, body="Hi", received_at=0.0)
    Utterance.create(call=ours, position=0, speaker="callee", text="Hi", started_s=0, ended_s=1)
    User.delete().where(User.id == user.id).execute()
    counts = [rows.select().count() for rows in (Call, InboundText, Utterance, Errand)]
    assert counts == [0, 0, 0, 0]
