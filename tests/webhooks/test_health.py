import time

import pytest
from flask import Flask
from redis import Redis

from floyd import metrics
from floyd.settings import Settings
from floyd.store import queue
from floyd.store.models import Call
from floyd.web import create_app


def test_a_living_process_says_so(app: Flask) -> None:
    assert app.test_client().get("/healthz").status_code == 200


def test_without_a_worker_floyd_is_not_ready(app: Flask) -> None:
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"database": True, "redis": True, "queue": False}


def test_with_a_worker_floyd_is_ready_until_it_falls_silent(app: Flask, redis: Redis) -> None:
    queue.say_alive(redis, "one")
    assert app.test_client().get("/readyz").status_code == 200

    redis.zadd("workers:alive", {"one": time.time() - 26})
    assert app.test_client().get("/readyz").json == {
        "database": True,
        "redis": True,
        "queue": False,
    }


def test_without_redis_floyd_is_not_ready(settings: Settings, store: Redis) -> None:
    nowhere = settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    answer = create_app(nowhere).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"database": True, "redis": False, "queue": False}


def test_the_numbers_are_shown_to_this_machine(app: Flask, call: Call) -> None:
    client = app.test_client()
    client.get("/healthz")
    numbers = client.get("/metrics").text
    assert 'floyd_calls{state="dialling"} 1.0' in numbers
    assert "floyd_jobs_waiting 0.0" in numbers
    assert 'floyd_request_seconds_count{route="/healthz",status="200"}' in numbers


def test_the_steps_of_replies_are_counted(app: Flask) -> None:
    def counted(step: str) -> float:
        name = f'floyd_turn_seconds_count{{step="{step}"}} '
        lines = app.test_client().get("/metrics").text.splitlines()
        return sum(float(line.removeprefix(name)) for line in lines if line.startswith(name))

    before = {step: counted(step) for step in ("endpoint", "sent", "first_token")}
    metrics.count_turn({"endpoint": 350, "sent": 640})
    metrics.count_turn({"sent": 350})
    after = {step: counted(step) - before[step] for step in before}
    assert after == {"endpoint": 1, "sent": 1, "first_token": 0}


@pytest.mark.parametrize(
    ("address", "header"),
    [("203.0.113.9", ""), ("127.0.0.1", "X-Forwarded-For"), ("127.0.0.1", "Forwarded"), ("", "")],
)
def test_the_numbers_are_not_shown_to_the_world(app: Flask, address: str, header: str) -> None:
    answer = app.test_client().get(
        "/metrics",
        environ_base={"REMOTE_ADDR": address},
        headers={header: "203.0.113.9"} if header else {},
    )
    assert answer.status_code == 404


def test_an_unknown_page_is_a_plain_404(app: Flask) -> None:
    answer = app.test_client().get("/.env")
    assert (answer.status_code, answer.text) == (404, "404 Not Found\n")
