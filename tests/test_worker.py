import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from redis import Redis
from rq import Queue

from floyd.settings import Settings
from floyd.store import queue
from floyd.store.database import database
from floyd.store.models import OutboundText, User
from floyd.worker import main, preload


@pytest.fixture
def environ(settings: Settings, store: Redis) -> dict[str, str]:
    named = {
        name.upper(): getattr(value, "get_secret_value", lambda value=value: value)()
        for name, value in settings
        if value
    }
    return {**os.environ, **{name: str(value) for name, value in named.items()}}


@contextmanager
def running(environ: dict[str, str], *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "floyd.worker", *arguments],
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stderr is not None
        process.stderr.close()


def _until(true: Callable[[], object], within_s: float = 30) -> None:
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while not true():
        assert time.monotonic() < deadline
        pause.wait(0.02)


def _texts_to_be_sent() -> int:
    jobs = Queue(queue.QUEUE, connection=queue.connection()).jobs
    return sum(job.func_name == "floyd.jobs.send_text.run" for job in jobs)


def _queued_text(user: User, occasion: str, due_at: float | None = None) -> OutboundText:
    text: OutboundText = OutboundText.create(
        occasion=occasion, phone=user.phone, body="It is done.", created_at=0.0, due_at=due_at
    )
    database.close()
    return text


def test_every_job_is_imported_before_the_first_fork() -> None:
    assert {"understand_text", "advance_errand", "send_text", "report_call"} <= set(preload())


def test_a_worker_runs_what_is_queued_and_logs_no_word_of_it(
    environ: dict[str, str], user: User
) -> None:
    text = _queued_text(user, "one")
    with running(environ) as worker:
        _until(queue.is_worked_on)
        queue.enqueue("send_text", text.id)
        # Nothing listens where Twilio should be: it was never sent and waits for its next try.
        _until(lambda: (OutboundText.get().tries, OutboundText.get().state) == (1, "queued"))
        worker.terminate()
        assert worker.wait(15) == 0
        log = worker.stderr.read() if worker.stderr else ""

    lines = [json.loads(line) for line in log.splitlines()]
    assert "text_not_sent" in [line["event"] for line in lines]
    assert user.phone.removeprefix("+") not in log
    assert "It is done" not in log
    assert not queue.is_worked_on()


def test_a_job_that_fails_is_logged_by_kind_and_tried_again(
    environ: dict[str, str], redis: Redis
) -> None:
    with running(environ) as worker:
        queue.enqueue("no_such_job", 7)
        scheduled = f"rq:scheduled:{queue.QUEUE}"
        _until(lambda: redis.zcard(scheduled) == 1)
        worker.terminate()
        worker.wait(15)
        log = worker.stderr.read() if worker.stderr else ""
    events = [json.loads(line) for line in log.splitlines()]
    assert [e["job"] for e in events if e["event"] == "job_raised"] == [
        "floyd.jobs.no_such_job.run"
    ]
    assert "Traceback" not in log


def test_a_clock_that_is_killed_is_followed_by_another(
    environ: dict[str, str], redis: Redis, user: User
) -> None:
    began = time.time()
    environ |= {"FLOYD_TIME_SCALE": "20", "FLOYD_TIME_ORIGIN": str(began)}
    with running(environ, "clock") as first:
        _queued_text(user, "one", due_at=began)
        _until(lambda: _texts_to_be_sent() == 1)
        killed = redis.get("clock:holder")
        with running(environ, "clock"):
            first.kill()
            _queued_text(user, "two", due_at=began)
            _until(lambda: _texts_to_be_sent() >= 2)
            assert redis.get("clock:holder") not in (killed, None)


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(SystemExit, match="usage"):
        main(["cook"])
