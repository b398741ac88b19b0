"""The clock as a process, in real time: what was dropped is taken up, whatever befell Redis."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue

from floyd.settings import Settings
from floyd.store import open_store, queue
from floyd.store.database import database, migrate
from floyd.store.models import Call, Errand, InboundText, OutboundText, User
from tests.own_redis import OwnRedis

_NO_REDIS = re.compile("could not connect to Redis|ConnectionError")
TAKEN_UP_WITHIN_S = 60
EVERYTHING = {"understand_text", "send_text", "advance_errand", "reconcile_call", "report_call"}


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    running = OwnRedis(tmp_path)
    running.start().close()
    yield running
    running.kill()


@pytest.fixture
def own_settings(settings: Settings, own_redis: OwnRedis) -> Iterator[Settings]:
    """A migrated database and a Redis of this test alone."""
    own = settings.model_copy(update={"redis_url": own_redis.url})
    connection = open_store(own)
    migrate()
    yield own
    database.close()
    connection.close()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def dropped(own_settings: Settings) -> None:
    """One row of every kind became due a second ago, and nobody was told."""
    due = time.time() - 1
    user = User.create(phone="+15195550123", name="Ada", zone="UTC", created_at=due)
    errand = Errand.create(user=user, request="Call", state="new", created_at=due, due_at=due)
    text = {"user": user, "phone": user.phone, "body": "Hi", "due_at": due}
    InboundText.create(sid="SM1", received_at=due, **text)
    OutboundText.create(occasion="x", created_at=due, **text)
    for attempt, state in (("a", "ringing"), ("b", "completed")):
        Call.create(
            attempt=attempt * 32,
            errand=errand,
            phone="+15195550188",
            dialled="+15195550188",
            state=state,
            created_at=due,
            due_at=due,
        )
    database.close()


@contextmanager
def processes(
    settings: Settings, log: Path, *arguments: str, how_many: int = 1
) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """`python -m floyd.worker` with arguments, several of them, which log into one file."""
    named = {
        name.upper(): str(getattr(value, "get_secret_value", lambda value=value: value)())
        for name, value in settings
        if value
    }
    command = [sys.executable, "-m", "floyd.worker", *arguments]
    environ = {**os.environ, **named}
    with log.open("ab") as file:
        running = [subprocess.Popen(command, env=environ, stderr=file) for _ in range(how_many)]
    try:
        yield running
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(30)


def taken_up(redis: Redis) -> list[str]:
    """The names of the jobs that wait, but for the look for lost texts."""
    names = [job.func_name.split(".")[2] for job in Queue(queue.QUEUE, connection=redis).jobs]
    return [name for name in names if name in EVERYTHING]


def seconds_until(true: Callable[[], bool]) -> float:
    began, pause = time.monotonic(), threading.Event()
    while not true():
        assert time.monotonic() - began < TAKEN_UP_WITHIN_S
        pause.wait(0.05)
    return time.monotonic() - began


@pytest.mark.faults
def test_what_was_dropped_is_taken_up_once_by_two_clocks(
    own_settings: Settings, dropped: None, log: Path
) -> None:
    clocks = processes(own_settings, log, "clock", how_many=2)
    with Redis.from_url(own_settings.redis_url) as redis, clocks:
        seconds_until(lambda: set(taken_up(redis)) == EVERYTHING)
        assert sorted(taken_up(redis)) == sorted(EVERYTHING)


@pytest.mark.faults
def test_what_was_queued_is_queued_again_after_redis_was_emptied(
    own_settings: Settings, dropped: None, log: Path
) -> None:
    clock = processes(own_settings, log, "clock")
    with Redis.from_url(own_settings.redis_url) as redis, clock:
        seconds_until(lambda: set(taken_up(redis)) == EVERYTHING)
        redis.flushall()
        seconds_until(lambda: set(taken_up(redis)) == EVERYTHING)
        assert sorted(taken_up(redis)) == sorted(EVERYTHING)


@pytest.mark.faults
def test_a_clock_outlives_a_redis_that_was_killed_and_comes_back(
    own_settings: Settings, own_redis: OwnRedis, dropped: None, log: Path
) -> None:
    own_redis.kill()
    with processes(own_settings, log, "clock") as [clock]:
        seconds_until(lambda: "tick_failed" in log.read_text())
        with own_redis.start() as redis:
            seconds_until(lambda: set(taken_up(redis)) == EVERYTHING)
        assert clock.poll() is None


@pytest.mark.faults
def test_workers_outlive_a_redis_that_was_killed_and_comes_back_empty(
    own_settings: Settings, own_redis: OwnRedis, log: Path
) -> None:
    settings = own_settings.model_copy(update={"floyd_workers": 2})
    with processes(settings, log) as [workers]:
        seconds_until(queue.is_worked_on)
        own_redis.kill()
        # One that had not begun yet dies of it, and its pool starts it again.
        seconds_until(lambda: len(_NO_REDIS.findall(log.read_text())) >= 4)
        with own_redis.start() as redis:
            redis.flushall()
            queue.enqueue("send_text", 7)
            seconds_until(lambda: queue.length() == 0)
            seconds_until(queue.is_worked_on)
        assert workers.poll() is None
