"""Jobs are lent a phone company that follows a script and a clock that tests set."""

from dataclasses import dataclass, field

import pytest
from redis import Redis

from floyd.clock import Clock
from floyd.services import Services
from floyd.services.directory.protocol import NoDirectory
from floyd.services.model.protocol import AnswerT
from floyd.settings import Settings
from tests.phone_company import ScriptedTelephony


@dataclass(frozen=True)
class SetClock(Clock):
    """A clock that stands still until it is moved; blocking moves it."""

    moved: list[float] = field(default_factory=lambda: [1000.0])

    def now(self) -> float:
        return self.moved[0]

    def block(self, seconds: float) -> None:
        self.moved[0] += seconds

    move = block


class NoThinker:
    """Stands where no model is asked."""

    def think(
        self, instructions: str, material: dict[str, object], answer: type[AnswerT]
    ) -> AnswerT:
        raise AssertionError("no job here asks a model")


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def telephony() -> ScriptedTelephony:
    return ScriptedTelephony()


@pytest.fixture
def services(
    settings: Settings, store: Redis, clock: SetClock, telephony: ScriptedTelephony
) -> Services:
    return Services(settings, clock, store, telephony, NoThinker(), NoDirectory())
