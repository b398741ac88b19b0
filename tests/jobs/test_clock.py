import threading
import time

from redis import Redis
from rq import Queue

from floyd.clock import Clock
from floyd.jobs.clock import Ticker


def test_exactly_one_of_many_clocks_acts(store: Redis) -> None:
    tickers = [Ticker(store, Clock(), 60) for _ in range(5)]
    for _ in range(3):
        assert [ticker.tick() for ticker in tickers] == [True, False, False, False, False]


def test_when_a_clock_dies_another_one_acts_within_fifteen_seconds(store: Redis) -> None:
    fast = Clock(20.0)
    dies, lives = Ticker(store, fast, 60), Ticker(store, fast, 60)
    assert dies.tick()
    began = time.monotonic()
    stop = threading.Event()
    while not lives.tick():
        stop.wait(0.02)
    assert (time.monotonic() - began) * fast.scale < 15


def test_a_clock_that_is_stopped_lets_another_one_act_at_once(store: Redis) -> None:
    first, second = Ticker(store, Clock(), 60), Ticker(store, Clock(), 60)
    stop = threading.Event()
    running = threading.Thread(target=first.run, args=(stop,))
    running.start()
    while not store.exists("clock:holder"):
        stop.wait(0.01)
    assert not second.tick()
    stop.set()
    running.join(10)
    assert second.tick()


def test_a_clock_outlives_a_redis_that_is_away(store: Redis) -> None:
    with Redis.from_url("redis://127.0.0.1:1/0") as nowhere:
        assert not Ticker(nowhere, Clock(), 60).tick()


def test_lost_texts_are_looked_for_once_a_period_and_at_once_in_an_emptied_redis(
    store: Redis,
) -> None:
    def looks() -> list[object]:
        jobs = Queue("floyd", connection=store).jobs
        return [(job.func_name, job.args) for job in jobs]

    look = ("floyd.jobs.find_texts.run", (0,))
    for _ in range(3):
        Ticker(store, Clock(), 60).tick()
        store.delete("clock:holder")
    assert looks() == [look]
    assert 55_000 < store.pttl("clock:texts_looked_for") <= 60_000
    store.flushdb()
    Ticker(store, Clock(), 60).tick()
    assert looks() == [look]
