"""The few numbers that many measurements become."""

from bench.figures import Lag, p50_p95, percentile


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.95) == 95
    assert percentile([7.0], 0.95) == 7


def test_without_measurements_there_is_no_percentile() -> None:
    assert percentile([], 0.5) is None
    assert p50_p95([]) == {"p50": None, "p95": None}


def test_lag_is_told_once_and_counted_anew() -> None:
    lag = Lag()
    for _ in range(99):
        lag.note(0.002)
    lag.note(0.25)
    assert lag.take() == {"p99": 2, "worst": 250}
    assert lag.take() == {"p99": 0, "worst": 0}
