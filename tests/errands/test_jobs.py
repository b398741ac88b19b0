from collections.abc import Callable

import pytest
from rq import Queue

from floyd.jobs import advance_errand, door, prepare_opening, report_call, understand_text
from floyd.store import queue
from floyd.store.models import Errand, OutboundText
from tests.errands.desk import REQUEST, Desk
from tests.errands.test_conclusion import DONE, ended_call
from tests.errands.test_dialing import ready_errand


@pytest.fixture(autouse=True)
def _lent(desk: Desk) -> None:
    door.lend(desk.services)


def queued() -> list[str]:
    return [
        str(job.func_name).removeprefix("floyd.jobs.").removesuffix(".run")
        for job in Queue(queue.QUEUE, connection=queue.connection()).jobs
    ]


def test_one_job_takes_a_text_to_the_dial(desk: Desk) -> None:
    text = desk.receive(REQUEST)
    understand_text.run(text.id)

    assert desk.dialled == [desk.sandbox.school_phone]
    assert sorted(queued()) == ["prepare_opening", "send_text"]


def test_of_several_errands_the_others_are_queued(desk: Desk) -> None:
    text = desk.receive(
        "Call the school and tell them Mara is sick. "
        "Call the garage at 519-555-0111 and tell them I'll be late."
    )
    understand_text.run(text.id)

    assert Errand.select().count() == 2
    assert "advance_errand" in queued()


def test_an_errand_that_a_crash_left_behind_is_taken_up(desk: Desk) -> None:
    errand = ready_errand(desk)
    advance_errand.run(errand.id)

    assert Errand.get_by_id(errand.id).state == "calling"


def test_an_ended_call_is_reported(desk: Desk) -> None:
    call = ended_call(desk, finish=DONE)
    report_call.run(call.id)

    assert OutboundText.select().count() == 1


def test_no_opening_is_made_for_a_call_that_has_ended(desk: Desk) -> None:
    call = ended_call(desk, finish=DONE)
    prepare_opening.run(call.id)

    assert queue.connection().keys("opening:*") == []


@pytest.mark.parametrize(
    "run", [understand_text.run, advance_errand.run, report_call.run, prepare_opening.run]
)
def test_a_row_that_is_gone_is_no_work(run: Callable[[int], None], desk: Desk) -> None:
    run(4711)

    assert desk.replies == []
