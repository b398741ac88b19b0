"""The way of an errand over PostgreSQL, where writers wait for rows instead of for their turn."""

import threading
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from floyd.errands.clearance import refusal
from floyd.errands.conclusion import conclude
from floyd.errands.progress import advance
from floyd.errands.reception import Caller, receive
from floyd.errands.understanding import understand
from floyd.jobs.report_call import report_call
from floyd.settings import Settings
from floyd.store import open_store
from floyd.store.database import database, migrate
from floyd.store.models import Call, Errand, ErrandMove, InboundText, OutboundText, Utterance
from tests.errands.callers import desk_call, phoned, returned_call
from tests.errands.desk import REQUEST, Desk
from tests.errands.test_conclusion import DONE, SAID
from tests.errands.test_dialing import ready_errand


@pytest.fixture
def store(settings: Settings, redis: Redis, postgres_url: str) -> Iterator[Redis]:
    connection = open_store(settings.model_copy(update={"database_url": postgres_url}))
    database.execute_sql("DROP SCHEMA public CASCADE")
    database.execute_sql("CREATE SCHEMA public")
    database.close()
    migrate()
    yield connection
    database.close()
    connection.close()


def at_once(work: Callable[[], object], times: int = 5) -> None:
    barrier = threading.Barrier(times)

    def run() -> None:
        barrier.wait()
        with database.connection_context():
            work()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_whoever_runs_at_once_an_errand_is_done_once(desk: Desk) -> None:
    text = desk.receive(REQUEST)
    at_once(lambda: understand(desk.services, text.id))
    errand = desk.errand
    at_once(lambda: advance(desk.services, errand.id))
    assert len(desk.dialled) == 1

    call = desk.call()
    now = desk.clock.now()
    Call.update(
        state="completed", finish=DONE, ended_at=now, settled_at=now, token_used=1
    ).execute()
    for position, (speaker, said) in enumerate(SAID):
        Utterance.create(
            call=call, position=position, speaker=speaker, text=said, started_s=0, ended_s=1
        )
    at_once(lambda: conclude(desk.services, call.id))

    assert Errand.get_by_id(errand.id).state == "done"
    assert OutboundText.select().count() == 2


def test_of_many_errands_to_one_number_one_is_dialled_while_its_dial_is_unresolved(
    scripted_desk: Desk,
) -> None:
    scripted_desk.sandbox.control.add_fault("POST Calls", "error_after", status=500, times=5)
    errands = iter([ready_errand(scripted_desk).id for _ in range(5)])
    at_once(lambda: advance(scripted_desk.services, next(errands)))

    assert len(scripted_desk.dialled) == 1
    assert Call.select().count() == 1
    assert Errand.select().where(Errand.state == "ready").count() == 4


def test_a_callee_who_calls_back_takes_its_errand_up_once(scripted_desk: Desk) -> None:
    errand = phoned(scripted_desk, scripted_desk.user, "waiting_for_user")
    services = scripted_desk.services
    caller = Caller("CA-in", scripted_desk.sandbox.school_phone, attested=True)
    at_once(lambda: receive(services.settings, services.redis, services.clock, caller))

    [call] = Call.select().where(Call.role == "return")
    assert (call.errand, call.awaited) == (errand, True)
    assert ErrandMove.select().count() == 1


def test_a_users_words_on_the_phone_have_one_effect(desk: Desk) -> None:
    call = desk_call(desk, [("callee", f"Please {REQUEST}")])

    def report_and_understand() -> None:
        report_call(desk.services, call.id)
        for text in InboundText.select():
            understand(desk.services, text.id)

    at_once(report_and_understand)
    assert InboundText.select().count() == 1
    assert Errand.select().count() == 1
    assert OutboundText.select().count() == 1


def test_a_message_is_passed_on_once(scripted_desk: Desk) -> None:
    errand = phoned(scripted_desk, scripted_desk.user, "waiting_for_user")
    said = [("callee", "Please do not call here again.")]
    call = returned_call(scripted_desk, errand, said, attested=False)
    at_once(lambda: report_call(scripted_desk.services, call.id))

    assert OutboundText.select().count() == 1
    # Nobody knows who said it.
    assert refusal(scripted_desk.services.settings, errand, call.phone) is None
