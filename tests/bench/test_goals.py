"""The table says what holds, what does not, and what was not measured."""

from typing import Any

from bench.goals import KEYS, hard_holds, table


def results(**measured: Any) -> dict[str, Any]:
    return dict.fromkeys(KEYS) | measured


def row(what: str, measured: dict[str, Any]) -> str:
    return next(line for line in table(measured) if line.startswith(what))


def test_what_was_not_measured_is_neither_ok_nor_missed() -> None:
    line = row("the knee", results())
    assert "ok" not in line
    assert "MISSED" not in line
    assert hard_holds(results())


def test_a_value_that_is_worse_than_the_hard_one_is_missed() -> None:
    slow = results(reply_ms={"20": {"p50": 721, "p95": 800}})
    assert "MISSED" in row("reply p50, 20", slow)
    assert "ok" in row("reply p95, 20", slow)
    assert not hard_holds(slow)


def test_more_calls_are_better() -> None:
    assert "ok" in row("the knee", results(knee=80))
    assert not hard_holds(results(knee=40))


def test_false_cuts_are_told_in_percent() -> None:
    assert "3 %" in row("false cuts", results(false_cuts=0.03))


def test_a_missed_goal_alone_is_no_failure() -> None:
    assert hard_holds(results(opening_ms=450))
    assert row("opening", results(opening_ms=450)).endswith("missed")
