import json

import pytest
import structlog
from redis import Redis
from rq import Queue

from floyd.clock import Clock
from floyd.store import queue
from floyd.store.notices import publish


@pytest.fixture
def away() -> None:
    queue.open_queue("redis://127.0.0.1:1/0", Clock())


def test_a_job_carries_its_name_and_an_id_and_can_be_repeated(redis_url: str, redis: Redis) -> None:
    queue.open_queue(redis_url, Clock())
    assert queue.enqueue("send_text", 7)
    [job] = Queue(queue.QUEUE, connection=redis).jobs
    assert (job.func_name, job.args, job.kwargs) == ("floyd.jobs.send_text.run", (7,), {})
    assert (job.retries_left, job.retry_intervals) == (3, [1, 5, 20])
    assert queue.length() == 1


def test_a_redis_that_is_away_fails_nobody(away: None) -> None:
    assert not queue.enqueue("send_text", 7)
    assert not queue.answers()
    assert not queue.is_worked_on()
    publish("call:a", {"answered_by": "human"})


def test_a_job_costs_one_exchange_with_redis(redis_url: str, redis: Redis) -> None:
    queue.open_queue(redis_url, Clock())
    queue.enqueue("send_text", 7)
    redis.config_resetstat()
    queue.enqueue("send_text", 8)
    assert redis.info("commandstats")["cmdstat_exec"]["calls"] == 1
    assert queue.length() == 2


def test_a_notice_reaches_who_listens(redis_url: str, redis: Redis) -> None:
    queue.open_queue(redis_url, Clock())
    with redis.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe("call:a")
        listener.get_message(timeout=5)
        publish("call:a", {"answered_by": "human"})
        notice = listener.get_message(timeout=5)
    assert notice is not None
    assert json.loads(notice["data"]) == {"answered_by": "human"}


def test_what_is_logged_about_a_lost_job_is_its_name_only(away: None) -> None:
    with structlog.testing.capture_logs() as logs:
        queue.enqueue("send_text", 7)
    assert [(line["event"], line["job"]) for line in logs] == [("job_not_queued", "send_text")]
