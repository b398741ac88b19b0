from collections.abc import Iterator

import pytest

from tests.sandbox.running import Sandbox, running_sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A world of its own for every test."""
    with running_sandbox() as running:
        yield running
