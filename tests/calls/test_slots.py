from concurrent.futures import ThreadPoolExecutor

from redis import Redis

from floyd.calls import slots


def test_without_a_process_that_takes_calls_there_is_no_slot(redis: Redis) -> None:
    assert not slots.reserve(redis, "a", now=0.0, expires_s=60)


def test_a_hundred_attempts_at_once_get_no_more_slots_than_there_are(redis: Redis) -> None:
    slots.announce(redis, "one", 3, now=0.0)
    slots.announce(redis, "two", 4, now=0.0)
    with ThreadPoolExecutor(20) as threads:
        got = list(
            threads.map(lambda n: slots.reserve(redis, f"a{n}", 0.0, expires_s=60), range(100))
        )
    assert sum(got) == 7
    assert slots.free(redis, now=0.0) == 0


def test_a_slot_that_is_given_back_is_free(redis: Redis) -> None:
    slots.announce(redis, "one", 1, now=0.0)
    assert slots.reserve(redis, "a", now=0.0, expires_s=60)
    assert not slots.reserve(redis, "b", now=0.0, expires_s=60)
    slots.release(redis, "a")
    assert slots.reserve(redis, "b", now=0.0, expires_s=60)


def test_an_attempt_keeps_its_slot_and_takes_no_second_one(redis: Redis) -> None:
    slots.announce(redis, "one", 2, now=0.0)
    assert slots.reserve(redis, "a", now=0.0, expires_s=60)
    assert slots.reserve(redis, "a", now=0.0, expires_s=60)
    assert slots.free(redis, now=0.0) == 1


def test_a_reservation_that_is_not_given_back_expires(redis: Redis) -> None:
    slots.announce(redis, "one", 1, now=50.0)
    assert slots.reserve(redis, "a", now=50.0, expires_s=10)
    assert slots.free(redis, now=59.0) == 0
    assert slots.free(redis, now=61.0) == 1


def test_a_process_that_is_silent_takes_its_capacity_along(redis: Redis) -> None:
    slots.announce(redis, "one", 5, now=0.0)
    assert slots.free(redis, now=14.0) == 5
    assert slots.free(redis, now=15.0) == 0


def test_a_process_that_stops_takes_no_more_calls(redis: Redis) -> None:
    slots.announce(redis, "one", 5, now=0.0)
    slots.withdraw(redis, "one")
    assert slots.free(redis, now=0.0) == 0


def test_a_live_call_holds_a_slot_that_redis_had_forgotten(redis: Redis) -> None:
    slots.announce(redis, "one", 1, now=0.0)
    slots.hold(redis, "a", now=0.0, expires_s=60)
    assert not slots.reserve(redis, "b", now=0.0, expires_s=60)
    assert slots.reserve(redis, "a", now=0.0, expires_s=60)
