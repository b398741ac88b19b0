"""Two worlds: one whose phones nobody talks on, as fast as time can run, and one for talking."""

from collections.abc import Iterator

import pytest

from tests.faults.town import Town, town

pytestmark = pytest.mark.faults


@pytest.fixture(scope="session")
def silent_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("silent"), 20.0) as place:
        yield place


@pytest.fixture(scope="session")
def talking_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("talking"), 4.0) as place:
        yield place


@pytest.fixture
def silent(silent_town: Town) -> Iterator[Town]:
    """A town whose school's line is engaged, at twenty times the speed of life."""
    silent_town.begin()
    silent_town.school_is("busy")
    try:
        yield silent_town
    finally:
        silent_town.end()


@pytest.fixture
def talking(talking_town: Town) -> Iterator[Town]:
    """A town whose school answers, at four times the speed of life."""
    talking_town.begin()
    try:
        yield talking_town
    finally:
        talking_town.end()
