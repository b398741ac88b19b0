"""The store's tests run over both databases."""

from collections.abc import Iterator

import pytest
from peewee import PostgresqlDatabase
from redis import Redis

from floyd.settings import Settings
from floyd.store import open_store
from floyd.store.database import database, migrate


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, settings: Settings) -> str:
    if request.param == "sqlite":
        return settings.database
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def empty(settings: Settings, redis: Redis, database_url: str) -> Iterator[Redis]:
    """A database without tables, of either kind."""
    connection = open_store(settings.model_copy(update={"database_url": database_url}))
    if isinstance(database.obj, PostgresqlDatabase):
        database.execute_sql("DROP SCHEMA public CASCADE")
        database.execute_sql("CREATE SCHEMA public")
        database.close()
    yield connection
    database.close()
    connection.close()


@pytest.fixture
def store(empty: Redis) -> Redis:
    """A migrated database of either kind."""
    migrate()
    return empty
