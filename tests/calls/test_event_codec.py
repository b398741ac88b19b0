"""What is kept of a call's core, and read again."""

import json
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floyd.calls import tools
from floyd.calls.event_codec import brief_from, event_from, shortened, whole
from floyd.calls.vocabulary import (
    Event,
    Generate,
    RecordFinish,
    RecordUtterance,
    Say,
    Turn,
)
from tests.calls.builders import brief, role_of

_SPECIAL: dict[Any, st.SearchStrategy[Any]] = {
    float: st.floats(allow_nan=False, allow_infinity=False),
    dict[str, Any]: st.dictionaries(st.text(), st.lists(st.text())),
}


def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any object of a class, with any values that its fields may have."""
    kinds = get_type_hints(kind)
    fields = {
        name: _SPECIAL[of] if of in _SPECIAL else st.from_type(of) for name, of in kinds.items()
    }
    return st.builds(kind, **fields)


@given(st.one_of([any_of(kind) for kind in get_args(Event)]))
def test_every_event_that_there_is_comes_back_as_it_was_kept(event: Event) -> None:
    assert event_from(json.loads(json.dumps(whole(event)))) == event


def test_a_brief_comes_back_without_what_only_the_model_is_told() -> None:
    role = role_of(
        tools=tools.TO_FIND_OUT,
        candidates=frozenset({9, 7}),
        material={"candidates": [{"user": "Anna"}]},
        likely_words=("Anna",),
    )
    earlier = ((0, Turn("callee", "Hello?")), (1_000, Turn("floyd", "Hi.")))
    kept = json.loads(json.dumps(whole(brief(role, earlier=earlier, offset_s=12.5, answered=True))))
    assert kept["role"]["material"] == {}
    again = brief_from(kept)
    assert again == brief(
        role_of(
            tools=tools.TO_FIND_OUT,
            candidates=frozenset({7, 9}),
            likely_words=("Anna",),
        ),
        earlier=earlier,
        offset_s=12.5,
        answered=True,
    )


def test_an_unknown_event_or_one_of_another_shape_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="there is no event Sneezed"):
        event_from({"type": "Sneezed"})
    with pytest.raises(ValueError, match=r"WordsHeard\.is_final: Field required"):
        event_from({"type": "WordsHeard", "text": "hello"})


def test_a_short_command_is_kept_as_it_is_without_its_defaults() -> None:
    assert shortened([Say(3, "One moment, please.")]) == [
        {"type": "Say", "reply": 3, "text": "One moment, please."}
    ]
    assert shortened([Say(3, "Hello?", ahead=True)])[0]["ahead"] is True


def test_of_a_long_value_only_what_tells_it_from_others_is_kept() -> None:
    turns = tuple(Turn("callee", f"Sentence number {number}.") for number in range(50))
    long, other = Generate(3, turns), Generate(3, turns[:-1])
    assert len(json.dumps(shortened([long]))) < 80
    assert shortened([long]) == shortened([Generate(3, tuple(turns))])
    assert shortened([long]) != shortened([other])


def test_what_is_kept_of_a_command_survives_json() -> None:
    said = RecordUtterance(1, "floyd", "Hi.", "Hi. Is", 0.1, 1 / 3, {"sent": 300})
    kept = shortened([said, Generate(0, ()), RecordFinish({"outcome": "done"})])
    assert json.loads(json.dumps(kept)) == kept
