"""`floyd replay`: what an operator sees of a call, and what a script learns from it."""

import json
import os
import subprocess
import sys
from typing import get_args

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from floyd.calls.vocabulary import Command, Event
from floyd.cli import main
from floyd.cli.replay_lines import in_words
from floyd.store.database import writing
from floyd.store.models import Call, CallEvent
from tests.calls.builders import INTRODUCTION
from tests.calls.stored_calls import talk_about_mara
from tests.calls.test_event_codec import any_of


@pytest.fixture
def talk(call: Call) -> Call:
    talk_about_mara(call)
    return call


def replayed(runner: CliRunner, call: Call | str, *options: str) -> Result:
    name = call if isinstance(call, str) else str(call.id)
    return runner.invoke(main, ["replay", name, *options])


def decided_otherwise(call: Call) -> float:
    """Let one event have been decided otherwise live; returns its moment."""
    row = next(row for row in call.events.order_by(CallEvent.position) if row.commands)
    with writing():
        CallEvent.update(commands=[{"type": "HangUp"}]).where(CallEvent.id == row.id).execute()
    return float(row.at_s)


def test_events_decisions_words_and_times_are_printed(runner: CliRunner, talk: Call) -> None:
    shown = replayed(runner, talk)
    assert shown.exit_code == 0
    lines = [line.strip() for line in shown.output.splitlines()]
    assert f'-> say, as reply 0: "{INTRODUCTION}"' in lines
    assert '1.000  hearing: "Hello?"' in lines
    assert "They: okay, and what is her class" in lines
    assert any(line.startswith("Stream 2") and "30.0 s after the answer" in line for line in lines)
    said = lines[lines.index("What was said") :]
    assert any(line.endswith("Floyd: She is in class 3B.") for line in said)
    assert any("endpoint" in line and line.endswith("ms") for line in said)
    assert lines[-1].endswith("events are decided as they were live.")


def test_a_call_that_is_decided_otherwise_now_exits_with_1_and_says_where_first(
    runner: CliRunner, talk: Call
) -> None:
    at_s = decided_otherwise(talk)
    shown = replayed(runner, talk)
    assert shown.exit_code == 1
    assert "OTHERWISE; live it was: hang up" in shown.output
    assert f"first at {at_s:.3f} s of stream 1" in shown.output


def test_machines_get_an_object_a_line(runner: CliRunner, talk: Call) -> None:
    at_s = decided_otherwise(talk)
    shown = replayed(runner, talk, "--json")
    objects = [json.loads(line) for line in shown.output.splitlines()]
    assert [each["stream"] for each in objects if "brief" in each] == [1, 2]
    (differing,) = [each for each in objects if each.get("differs")]
    assert (differing["at_s"], differing["live"]) == (at_s, [{"type": "HangUp"}])
    assert shown.exit_code == 1


def test_an_unknown_call_and_one_that_was_never_live_exit_with_2(
    runner: CliRunner, call: Call
) -> None:
    unknown = replayed(runner, "CA404")
    assert unknown.exit_code == 2
    assert unknown.output.startswith("Error: There is no call CA404")
    never_live = replayed(runner, call)
    assert never_live.exit_code == 2
    assert "was never live" in never_live.output


@given(st.one_of([any_of(kind) for kind in (*get_args(Event), *get_args(Command))]))
def test_there_are_words_for_all_that_can_happen_or_be_decided(thing: Event | Command) -> None:
    assert in_words(thing)


def test_no_order_of_sets_decides_anything(runner: CliRunner, talk: Call) -> None:
    """Strings hash otherwise in every process, so that sets of them are in another order."""
    printed = set()
    for seed in ("1", "2", "3"):
        environ = {name: value for name, value in runner.env.items() if value is not None}
        again = subprocess.run(
            [sys.executable, "-m", "floyd.cli", "replay", str(talk.id), "--json"],
            env={"PATH": os.environ["PATH"], "PYTHONHASHSEED": seed, **environ},
            capture_output=True,
            check=True,
        )
        printed.add(again.stdout)
    assert len(printed) == 1
