from collections.abc import Iterator

import pytest
from redis import Redis

from floyd.settings import Settings
from tests.errands.desk import Desk, Model, ScriptedThinker, build_desk, running_model
from tests.sandbox.running import Sandbox, running_sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def model() -> Iterator[Model]:
    with running_model() as running:
        yield running


@pytest.fixture
def desk(settings: Settings, store: Redis, sandbox: Sandbox, model: Model) -> Desk:
    """Floyd's desk with the sandbox's model double behind the real SDK."""
    return build_desk(settings, store, sandbox, model)


@pytest.fixture
def thinker() -> ScriptedThinker:
    return ScriptedThinker()


@pytest.fixture
def scripted_desk(
    settings: Settings, store: Redis, sandbox: Sandbox, thinker: ScriptedThinker
) -> Desk:
    """Floyd's desk with a model that says exactly what a test tells it to."""
    return build_desk(settings, store, sandbox, thinker=thinker)
