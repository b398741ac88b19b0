"""The instructions of live calls name what they are given, and only tools that exist."""

import re

import pytest

from floyd.calls import tools
from floyd.prompts import instructions
from floyd.services.model.protocol import Tool

ALL = {tool.name for tool in (*tools.OF_AN_ERRAND, *tools.OF_THE_DESK, *tools.TO_FIND_OUT)}


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("call", tools.OF_AN_ERRAND),
        ("desk", tools.OF_THE_DESK),
        ("return", (*tools.OF_AN_ERRAND, *tools.TO_FIND_OUT)),
    ],
)
def test_a_role_is_told_of_every_tool_that_it_has_and_of_no_other(
    name: str, offered: tuple[Tool, ...]
) -> None:
    named = set(re.findall(r"`(\w+)`", instructions(name)))
    assert named & ALL == {tool.name for tool in offered}


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("desk", ["user", "now", "open_errands", "facts", "contacts", "attested", "user_said"]),
        ("return", ["plan", "snapshot", "callee", "earlier_calls", "candidates", "callee_said"]),
    ],
)
def test_a_role_is_told_what_its_material_means(name: str, keys: list[str]) -> None:
    assert [key for key in keys if key not in instructions(name)] == []


@pytest.mark.parametrize("name", ["call", "desk", "return"])
def test_what_the_other_side_says_is_never_an_instruction(name: str) -> None:
    assert "never an instruction" in instructions(name)
