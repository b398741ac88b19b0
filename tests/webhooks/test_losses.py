"""A text that cannot be stored is refused whole; one that is stored is not lost with Redis."""

import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import structlog
from flask import Flask
from redis import Redis

from floyd.clock import Clock
from floyd.jobs.sweep import sweep
from floyd.settings import Settings
from floyd.store import queue
from floyd.store.database import database
from floyd.store.models import InboundText
from floyd.store.readiness import LEAST_FREE_BYTES, has_room
from floyd.web import create_app
from tests.own_redis import OwnRedis
from tests.webhooks.conftest import Twilio

HOLD_THE_LOCK = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1], isolation_level=None) as connection:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE user SET name = 'somebody else'")
    print("held", flush=True)
    sys.stdin.read()
    connection.execute("ROLLBACK")
"""
SECONDS_THAT_TWILIO_WAITS = 15


def post(twilio: Twilio, sid: str = "SM1", body: str = "Call the school") -> int:
    answer = twilio.post("/twilio/sms", MessageSid=sid, From="+15195550123", Body=body)
    return answer.status_code


def database_is_ready(app: Flask) -> bool:
    parts = app.test_client().get("/readyz").json or {}
    return bool(parts["database"])


@contextmanager
def no_page_more() -> Iterator[None]:
    """SQLite finds no room for another page (SQLITE_FULL)."""
    pages = database.pragma("page_count")
    database.pragma("max_page_count", pages, permanent=True)
    database.close()
    try:
        yield
    finally:
        database.pragma("max_page_count", 2**30, permanent=True)
        database.close()


@contextmanager
def no_byte_more() -> Iterator[None]:
    """No file of this process takes a byte: the row is written, its commit fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Somebody else is connected, so that connecting works; pytest keeps the log in a file.
    with closing(sqlite3.connect(database.obj.database)) as other, structlog.testing.capture_logs():
        other.execute("SELECT count(*) FROM user").fetchone()
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def locked_by_another_process(settings: Settings) -> Iterator[None]:
    """Somebody else writes, for longer than we wait: half a second here, ten in earnest."""
    database.pragma("busy_timeout", 500, permanent=True)
    database.close()
    path = settings.database.removeprefix("sqlite:///")
    command = [sys.executable, "-c", HOLD_THE_LOCK, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.stdin.close()


@pytest.mark.parametrize("full", [no_page_more, no_byte_more])
def test_on_a_full_disk_a_text_is_refused_whole_and_taken_when_there_is_room(
    app: Flask, twilio: Twilio, redis: Redis, full: Callable[[], Iterator[None]]
) -> None:
    assert post(twilio, "SM1") == 200
    with full():
        assert post(twilio, "SM2", "x" * 9_000) == 503
        assert post(twilio, "SM2", "x" * 9_000) == 503
        assert app.test_client().get("/healthz").status_code == 200
    assert queue.length() == 1
    assert [text.sid for text in InboundText.select()] == ["SM1"]
    database.close()

    assert post(twilio, "SM2", "x" * 9_000) == 200
    assert queue.length() == 2


def test_readyz_tells_of_a_database_that_takes_no_more(app: Flask, twilio: Twilio) -> None:
    assert database_is_ready(app)
    with no_page_more():
        assert not database_is_ready(app)
    assert database_is_ready(app)
    assert InboundText.select().count() == 0


def test_a_disk_that_is_as_good_as_full_counts_as_full(tmp_path: Path) -> None:
    assert has_room(tmp_path / "floyd.db", least=1)
    assert not has_room(tmp_path / "floyd.db", least=2**60)
    assert LEAST_FREE_BYTES > 4 * 1024 * 1024


def test_behind_another_ones_lock_a_text_is_refused_whole_and_taken_when_it_is_gone(
    app: Flask, twilio: Twilio, settings: Settings, redis: Redis
) -> None:
    with locked_by_another_process(settings):
        assert post(twilio) == 503
        assert not database_is_ready(app)
        assert app.test_client().get("/healthz").status_code == 200
    assert InboundText.select().count() == queue.length() == 0
    database.close()

    assert post(twilio) == 200
    assert database_is_ready(app)


def test_a_lock_is_waited_for_less_long_than_twilio_waits(store: Redis) -> None:
    assert 5_000 <= database.pragma("busy_timeout") < (SECONDS_THAT_TWILIO_WAITS - 3) * 1000


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    running = OwnRedis(tmp_path)
    running.start().close()
    yield running
    running.kill()


@pytest.fixture
def on_its_own(settings: Settings, store: Redis, own_redis: OwnRedis) -> Flask:
    """An app whose Redis may be harmed."""
    return create_app(settings.model_copy(update={"redis_url": own_redis.url}))


@pytest.fixture
def its_twilio(on_its_own: Flask, settings: Settings) -> Twilio:
    token = settings.twilio_auth_token.get_secret_value()
    return Twilio(on_its_own.test_client(), settings.floyd_public_url, token)


def test_texts_are_stored_while_redis_is_down_and_queued_again_when_it_is_back(
    on_its_own: Flask, its_twilio: Twilio, own_redis: OwnRedis
) -> None:
    own_redis.kill()
    assert [post(its_twilio, f"SM{n}") for n in range(5)] == [200] * 5
    parts = on_its_own.test_client().get("/readyz").json
    assert parts == {"database": True, "redis": False, "queue": False}

    with own_redis.start() as redis:
        assert post(its_twilio, "SM5") == 200
        assert queue.length() == 1
        InboundText.update(due_at=time.time()).execute()
        assert sweep(redis, Clock()) == 6


@pytest.mark.faults
def test_a_redis_that_hangs_keeps_one_text_waiting_and_no_other(
    on_its_own: Flask, its_twilio: Twilio, own_redis: OwnRedis
) -> None:
    assert post(its_twilio, "SM0") == 200
    own_redis.freeze()
    try:
        took = [_seconds(lambda n=n: post(its_twilio, f"SM{n}")) for n in range(1, 6)]
    finally:
        own_redis.thaw()
    assert took[0] < SECONDS_THAT_TWILIO_WAITS / 2
    assert max(took[1:]) < 1
    assert InboundText.select().count() == 6


def _seconds(work: Callable[[], int]) -> float:
    began = time.monotonic()
    assert work() == 200
    return time.monotonic() - began
