"""The core decides from its brief and its events alone: no clock, no chance, no order of sets."""

import ast
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import floyd.calls
from floyd.calls.brief import CallBrief
from floyd.calls.event_codec import brief_from, event_from, whole
from floyd.calls.turns import Turns
from floyd.calls.vocabulary import Command, Event, Turn
from tests.calls.builders import brief, role_of
from tests.calls.test_turns_properties import TIMELINES
from tests.test_house import imports

ROOM = Path(next(iter(floyd.calls.__path__)))
IMPURE = {"asyncio", "datetime", "os", "random", "secrets", "threading", "time", "uuid"}

_IS_PURE = re.compile(r"\bpure\b", re.I)

Timeline = list[tuple[Event, float]]


def pure_files() -> list[Path]:
    """The core, and the files that say of themselves that they are pure."""
    docstrings = {p: ast.get_docstring(ast.parse(p.read_text("utf-8"))) for p in ROOM.glob("*.py")}
    return sorted(
        p for p, said in docstrings.items() if p.stem == "turns" or _IS_PURE.search(said or "")
    )


def again(thing: Event | CallBrief) -> dict[str, object]:
    kept: dict[str, object] = json.loads(json.dumps(whole(thing)))
    return kept


def decided(core: Turns, timeline: Timeline, *, from_json: bool) -> list[list[Command]]:
    now_s, steps = 0.0, []
    for event, passes_s in timeline:
        now_s += passes_s
        steps.append(core.handle(event_from(again(event)) if from_json else event, now_s))
    return steps


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: path.name)
def test_what_is_pure_has_no_clock_no_chance_and_no_database(path: Path) -> None:
    used = set(imports(path))
    assert {name.split(".")[0] for name in used} & IMPURE == set()
    assert [name for name in used if name.startswith(("floyd.store", "floyd.clock"))] == []


@settings(max_examples=150)
@given(TIMELINES, st.sampled_from([brief(), brief(role_of(voicemail_message="Mara is sick."))]))
def test_what_was_kept_decides_like_what_happened(timeline: Timeline, begins: CallBrief) -> None:
    kept = brief_from(again(begins))
    live = decided(Turns(begins), timeline, from_json=False)
    assert decided(Turns(kept), timeline, from_json=True) == live


@settings(max_examples=100)
@given(TIMELINES)
def test_a_resumed_stream_decides_alike_from_what_was_kept(timeline: Timeline) -> None:
    earlier = ((0, Turn("callee", "Hello?")), (1, Turn("floyd", "Hi, this is")))
    begins = brief(earlier=earlier, answered=True, first_position=1_000, offset_s=1 / 3)
    live = decided(Turns(begins), timeline, from_json=False)
    assert decided(Turns(brief_from(again(begins))), timeline, from_json=True) == live
