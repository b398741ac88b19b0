"""What the tests of calls share."""

from collections.abc import Iterator

import pytest
from redis import Redis

from floyd.calls import replaying
from floyd.store.models import Call


@pytest.fixture
def replayed(store: Redis) -> Iterator[None]:
    """Whatever was decided in the calls of a test is decided again from what was kept of them."""
    yield
    assert [step for call in Call.select() for step in replaying.differences(call)] == []
