"""The knee: how many calls one process holds before its answers come late."""

from bench.callee import Notes
from bench.parts.replies import Level, knee, rss_mb_per_call


def level(calls: int, p95_ms: float, *, missed: bool = False, rss_mb: float = 0.0) -> Level:
    notes = Notes(missed=["order 1: nothing"] if missed else [])
    lags = {"driver": {"p99": 1, "worst": 5}}
    return Level(calls, [p95_ms] * 20, notes, 0.5, rss_mb, {"others": 0.0}, lags)


def test_the_knee_is_the_last_level_before_answers_take_twice_as_long() -> None:
    levels = [level(1, 700), level(20, 720), level(60, 1300), level(80, 1400), level(100, 900)]
    assert knee(levels) == 60


def test_a_missed_turn_ends_what_a_process_holds() -> None:
    assert knee([level(1, 700), level(20, 700), level(60, 700, missed=True)]) == 20


def test_few_calls_tell_of_no_knee() -> None:
    assert knee([level(1, 700), level(4, 700)]) is None
    assert knee([]) is None


def test_memory_is_that_of_further_calls() -> None:
    levels = {1: level(1, 700, rss_mb=130), 40: level(40, 700, rss_mb=208)}
    assert rss_mb_per_call(levels, 1, 40) == 2
    assert rss_mb_per_call(levels, 1, 60) is None


def test_a_level_is_doubtful_if_bench_or_machine_was_busy() -> None:
    quiet = level(1, 700)
    assert not quiet.late
    assert Level(1, [], Notes(), 0, 0, {"others": 0.0}, {"model": {"p99": 25, "worst": 60}}).late
    assert Level(1, [], Notes(), 0, 0, {"others": 0.9}, quiet.lags).late
