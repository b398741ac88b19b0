from redis import Redis

from floyd.store.database import database, migrate
from floyd.store.models import ALL, User


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
    from playhouse.migrations import Runner

    from floyd.store.database import MIGRATIONS

    runner = Runner(database.obj, directory=str(MIGRATIONS))
    for _ in sorted(MIGRATIONS.glob("0*.py")):
        runner.down()
    assert [name for name in database.get_tables() if name != "schema_migration"] == []


def test_whoever_was_served_before_there_were_welcomes_needs_none(store: Redis) -> None:
    from playhouse.migrations import Runner

    from floyd.store.database import MIGRATIONS

    Runner(database.obj, directory=str(MIGRATIONS)).down("0003_welcome_and_choices")
    database.execute_sql(
        """INSERT INTO "user" (phone, name, zone, created_at)
        VALUES ('+15195550123', 'Ada', 'UTC', 5.0)"""
    )
    migrate()
    assert User.get().welcomed_at == 5.0
