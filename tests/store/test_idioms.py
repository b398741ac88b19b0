"""What the rooms above rely on holds on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from redis import Redis
from rq import Queue

from floyd.calls import progress, streams
from floyd.clock import Clock
from floyd.jobs.sweep import sweep
from floyd.reports.delivery import write_text
from floyd.settings import Settings
from floyd.store.database import database, writing
from floyd.store.models import Call, InboundText, OutboundText, User
from floyd.web import create_app
from tests.webhooks.conftest import Twilio

Result = TypeVar("Result")


def at_once(times: int, work: Callable[[], Result]) -> list[Result]:
    together = Barrier(times)

    def run(_: int) -> Result:
        together.wait(10)
        try:
            return work()
        finally:
            database.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))


def test_an_occasion_has_one_text(store: Redis, user: User) -> None:
    def write() -> bool:
        with writing() as writes:
            return write_text(writes, user=user, body="Done.", occasion="x", now=1.0) is not None

    assert sum(at_once(8, write)) == 1
    assert OutboundText.select().count() == 1
    assert Queue("floyd", connection=store).count == 1


def test_a_text_that_comes_eight_times_is_one_row_and_one_job(
    store: Redis, settings: Settings, database_url: str, user: User
) -> None:
    app = create_app(settings.model_copy(update={"database_url": database_url}))
    token = settings.twilio_auth_token.get_secret_value()

    def post() -> int:
        twilio = Twilio(app.test_client(), settings.floyd_public_url, token)
        return twilio.post("/twilio/sms", MessageSid="SM1", From=user.phone, Body="Hi").status_code

    assert at_once(8, post) == [200] * 8
    assert InboundText.select().count() == 1
    assert Queue("floyd", connection=store).count == 1


def test_a_call_that_ends_eight_times_is_reported_once(store: Redis, call: Call) -> None:
    ended = at_once(8, lambda: progress.record(store, call, "completed", 5.0, sid="CA1"))
    assert sum(ended) == 1
    assert Queue("floyd", connection=store).count == 1


def test_every_stream_is_a_generation_of_its_own(store: Redis, call: Call) -> None:
    def take() -> int | None:
        while True:
            try:
                return streams.next_generation(Call.get_by_id(call.id), 5.0)
            except streams.Overtaken:
                continue

    assert sorted(one or 0 for one in at_once(3, take)) == [2, 3, 4]


def test_of_those_that_read_the_same_generation_one_gets_the_next(store: Redis, call: Call) -> None:
    def take() -> int | None:
        try:
            return streams.next_generation(call, 5.0)
        except streams.Overtaken:
            return None

    assert [one for one in at_once(3, take) if one] == [2]
    assert Call.get_by_id(call.id).generation == 2


def test_a_sid_belongs_to_one_call(store: Redis, call: Call) -> None:
    other = Call.create(
        attempt="b" * 32,
        errand=call.errand,
        phone=call.phone,
        dialled="+15195550199",
        state="dialling",
        created_at=0.0,
    )
    assert progress.record(store, call, "ringing", 5.0, sid="CA1")
    assert not progress.record(store, other, "ringing", 5.0, sid="CA1")
    assert Call.get_by_id(other.id).state == "dialling"


@pytest.mark.parametrize("times", [1, 4])
def test_what_is_due_is_queued_once(store: Redis, call: Call, times: int) -> None:
    assert sum(at_once(times, lambda: sweep(store, Clock()))) == 1
