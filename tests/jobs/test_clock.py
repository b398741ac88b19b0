import threading
import time

from redis import Redis

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
