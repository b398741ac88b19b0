"""The connection to the database, and the one way to write to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import Database, DatabaseProxy, PostgresqlDatabase, SqliteDatabase
from playhouse.db_url import parse
from playhouse.migrations import Runner

from floyd.errors import SettingsError
from floyd.store import queue

database: DatabaseProxy = DatabaseProxy()
"""Stands for the database until `open_database` names it; models are bound to it."""

_idle: sqlite3.Connection | None = None

MIGRATIONS = Path(__file__).parent / "migrations"

# WAL lets readers go on while one writes; `synchronous` FULL makes a committed row survive a power
# cut, so that a 2xx to a webhook stays true. A writer waits 10 s for its turn before it gives up.
_PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "busy_timeout": 10_000}


def open_database(url: str) -> None:
    """Name the database that the models use from now on; connects on first use, per thread.

    Args:
        url: `sqlite:///path` or `postgresql://user:password@host/name`.

    Raises:
        SettingsError: the URL names another kind of database.
    """
    chosen: Database
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        chosen = SqliteDatabase(str(path), pragmas=_PRAGMAS, timeout=10)
    elif url.startswith(("postgresql://", "postgres://")):
        parameters: dict[str, Any] = parse(url)
        chosen = PostgresqlDatabase(parameters.pop("database"), **parameters)
    else:
        raise SettingsError("DATABASE_URL: must begin with sqlite:/// or postgresql://")
    _disconnect()
    database.initialize(chosen)


def migrate() -> list[str]:
    """Bring the schema up to date, each numbered step in a transaction; return what was applied."""
    with database.connection_context():
        runner = Runner(database.obj, directory=str(MIGRATIONS))
        return [str(name) for name in runner.up()]


def stay_connected() -> None:
    """Have this process connected to a SQLite database as long as it lives, beside its requests.

    Whenever the last connection of all processes closes, SQLite folds the WAL back and deletes it,
    with several waits for the disk: at a connection for each request that would be after most.
    """
    global _idle
    if isinstance(database.obj, SqliteDatabase):
        _idle = sqlite3.connect(database.obj.database, check_same_thread=False)
        _idle.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _disconnect() -> None:
    """Let go of the database that was named before."""
    global _idle
    if database.obj is not None and not database.is_closed():
        database.close()
    if _idle is not None:
        _idle.close()
        _idle = None


class Writes:
    """What a transaction wants looked at once it is committed."""

    def __init__(self) -> None:
        self._jobs: list[tuple[str, int]] = []

    def look_at(self, job: str, row_id: int) -> None:
        """Queue `floyd.jobs.<job>.run(row_id)` after the commit, and only then."""
        if (job, row_id) not in self._jobs:
            self._jobs.append((job, row_id))

    def enqueue(self) -> None:
        """Hand the jobs to the queue; what Redis cannot take now, the sweep finds."""
        for job, row_id in self._jobs:
            queue.enqueue(job, row_id)


@contextmanager
def writing() -> Iterator[Writes]:
    """Run a block as one write transaction; all of it is committed or nothing.

    SQLite takes its lock at the beginning: a deferred transaction that turns into a write while
    another process writes fails at once instead of waiting. PostgreSQL would take the word
    IMMEDIATE for an isolation level.
    """
    lock = ("IMMEDIATE",) if isinstance(database.obj, SqliteDatabase) else ()
    writes = Writes()
    with database.atomic(*lock):
        yield writes
    writes.enqueue()
