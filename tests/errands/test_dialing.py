import threading
from dataclasses import dataclass, replace

import pytest
from rq import Queue

from floyd.calls import slots
from floyd.errands.dialing import place
from floyd.errands.lifecycle import TIME_LIMIT_S
from floyd.errands.progress import advance
from floyd.jobs.reconcile_call import reconcile_call
from floyd.services.telephony.protocol import Dial
from floyd.settings import Settings
from floyd.store import queue
from floyd.store.database import database
from floyd.store.models import Call, Contact, Errand
from tests.errands.desk import REQUEST, Desk
from tests.phone_company import ScriptedTelephony, never_processed

PLAN = {
    "title": "Mara sick today",
    "callee": {"name": "Maple School", "contact_id": 1, "phone": None},
    "opening_line": "I'm calling about Mara.",
}


def ready_errand(desk: Desk, **changes: object) -> Errand:
    values = {
        "user": desk.user,
        "request": REQUEST,
        "state": "ready",
        "plan": PLAN,
        "snapshot": {"user": "Anna Berg", "facts": [], "request": REQUEST},
        "phone": desk.sandbox.school_phone,
        "created_at": 0.0,
        "due_at": 0.0,
    }
    return Errand.create(**(values | changes))


def at(errand: Errand) -> Errand:
    return Errand.get_by_id(errand.id)


def test_a_dial_leaves_a_durable_attempt_with_twilios_sid(scripted_desk: Desk) -> None:
    errand = ready_errand(scripted_desk)
    advance(scripted_desk.services, errand.id)

    call = scripted_desk.call()
    [placed] = scripted_desk.sandbox.control.calls()
    assert (call.sid, call.state) == (placed.sid, "dialling")
    assert (call.phone, call.dialled) == (scripted_desk.sandbox.school_phone,) * 2
    assert at(errand).tries == 1
    assert (at(errand).due_at or 0) > scripted_desk.clock.now() + TIME_LIMIT_S
    assert slots.free(scripted_desk.services.redis, scripted_desk.clock.now()) == 4


def test_twilio_is_told_where_to_call_back_and_when_to_stop(scripted_desk: Desk) -> None:
    advance(scripted_desk.services, ready_errand(scripted_desk).id)

    attempt = scripted_desk.call().attempt
    [request] = scripted_desk.sandbox.world.records.of("twilio.api")
    form = str(request.fields)
    assert f"/twilio/calls/{attempt}/status" in form
    assert f"/twilio/calls/{attempt}/amd" in form
    assert f"/twilio/calls/{attempt}/resume" in form
    assert str(TIME_LIMIT_S) in form


def test_the_opening_is_prepared_before_twilio_is_asked(scripted_desk: Desk) -> None:
    scripted_desk.sandbox.control.add_fault("POST Calls", "error_before", status=500)
    advance(scripted_desk.services, ready_errand(scripted_desk).id)

    jobs = Queue(queue.QUEUE, connection=queue.connection()).jobs
    assert "floyd.jobs.prepare_opening.run" in [job.func_name for job in jobs]


def test_two_who_dial_at_once_place_one_call(scripted_desk: Desk) -> None:
    errand = ready_errand(scripted_desk)
    barrier = threading.Barrier(6)

    def run() -> None:
        barrier.wait()
        with database.connection_context():
            advance(scripted_desk.services, errand.id)

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Call.select().count() == 1
    assert len(scripted_desk.dialled) == 1
    assert scripted_desk.replies == ["Calling Maple School now."]
    assert slots.free(scripted_desk.services.redis, scripted_desk.clock.now()) == 4


def test_an_attempt_that_was_only_reserved_is_taken_up(scripted_desk: Desk) -> None:
    now = scripted_desk.clock.now()
    errand = ready_errand(scripted_desk, state="calling", due_at=now + 15)
    Call.create(
        attempt="a" * 32,
        errand=errand,
        phone=errand.phone,
        dialled=errand.phone,
        state="reserved",
        created_at=now,
    )
    advance(scripted_desk.services, errand.id)
    assert scripted_desk.dialled == []

    scripted_desk.clock.move(15)
    advance(scripted_desk.services, errand.id)
    place(scripted_desk.services, errand, scripted_desk.call())
    assert len(scripted_desk.dialled) == 1


@pytest.mark.parametrize("action", ["error_before", "error_after"])
def test_a_dial_without_an_answer_is_never_repeated_blind(scripted_desk: Desk, action: str) -> None:
    errand = ready_errand(scripted_desk)
    scripted_desk.sandbox.control.add_fault("POST Calls", action, status=500)
    advance(scripted_desk.services, errand.id)
    asked = len(scripted_desk.dialled)

    for _ in range(5):
        scripted_desk.clock.move(10)
        advance(scripted_desk.services, errand.id)

    assert len(scripted_desk.dialled) == asked
    assert Call.select().count() == 1
    assert (at(errand).state, scripted_desk.call().state) == ("calling", "dialling")
    assert scripted_desk.call().due_at is not None


def test_another_errand_waits_until_an_unknown_attempt_is_resolved(scripted_desk: Desk) -> None:
    scripted_desk.sandbox.control.add_fault("POST Calls", "error_before", status=500)
    advance(scripted_desk.services, ready_errand(scripted_desk).id)
    second = ready_errand(scripted_desk)

    advance(scripted_desk.services, second.id)
    assert at(second).state == "ready"
    assert slots.free(scripted_desk.services.redis, scripted_desk.clock.now()) == 4

    Call.update(state="failed").execute()
    scripted_desk.clock.move(5)
    advance(scripted_desk.services, second.id)
    assert at(second).state == "calling"


def test_a_lost_answer_is_found_in_twilios_list(scripted_desk: Desk) -> None:
    errand = ready_errand(scripted_desk)
    scripted_desk.sandbox.control.add_fault("POST Calls", "error_after", status=500)
    advance(scripted_desk.services, errand.id)
    Call.update(created_at=0.0).execute()

    scripted_desk.clock.move(60)
    reconcile_call(scripted_desk.services, scripted_desk.call().id)

    assert scripted_desk.call().sid == scripted_desk.sandbox.control.calls()[0].sid
    assert len(scripted_desk.dialled) == 1


def test_too_many_requests_are_tried_again_later_as_one_call(scripted_desk: Desk) -> None:
    errand = ready_errand(scripted_desk)
    scripted_desk.sandbox.control.add_fault("POST Calls", "error_before", status=429, times=2)
    for _ in range(3):
        advance(scripted_desk.services, errand.id)
        scripted_desk.clock.move(30)

    assert at(errand).state == "calling"
    assert at(errand).tries == 1
    assert len(scripted_desk.dialled) == 1
    assert scripted_desk.replies == ["Calling Maple School now."]


def test_too_many_requests_for_ever_are_told(scripted_desk: Desk) -> None:
    errand = ready_errand(scripted_desk)
    scripted_desk.sandbox.control.add_fault("POST Calls", "error_before", status=429, times=99)
    for _ in range(12):
        advance(scripted_desk.services, errand.id)
        scripted_desk.clock.move(130)

    assert at(errand).state == "failed"
    assert "couldn't call Maple School" in scripted_desk.replies[-1]


@pytest.mark.parametrize(
    ("conditions", "words"),
    [({"blocked_numbers": ["*"]}, "not allowed"), ({"countries": ["44"]}, "country")],
)
def test_a_number_that_twilio_refuses_is_named_with_the_reason(
    scripted_desk: Desk, conditions: dict[str, list[str]], words: str
) -> None:
    if "blocked_numbers" in conditions:
        conditions = {"blocked_numbers": [scripted_desk.sandbox.school_phone]}
    scripted_desk.sandbox.control.change_conditions(twilio=conditions)
    errand = ready_errand(scripted_desk)
    advance(scripted_desk.services, errand.id)
    advance(scripted_desk.services, errand.id)

    number = scripted_desk.sandbox.school_phone
    assert (at(errand).state, at(errand).outcome) == ("failed", "failed")
    assert words in scripted_desk.replies[-1]
    assert f"({number[2:5]}) {number[5:8]}-{number[8:]}" in scripted_desk.replies[-1]
    assert Call.select().count() == 1
    assert slots.free(scripted_desk.services.redis, scripted_desk.clock.now()) == 5


def test_without_a_free_line_the_errand_waits_and_the_user_is_told_once(
    scripted_desk: Desk,
) -> None:
    redis, now = scripted_desk.services.redis, scripted_desk.clock.now()
    for number in range(5):
        slots.reserve(redis, f"other{number}", now, 3600)
    errand = ready_errand(scripted_desk)
    for _ in range(3):
        advance(scripted_desk.services, errand.id)
        scripted_desk.clock.move(6)
    assert at(errand).state == "ready"
    assert len(scripted_desk.replies) == 1
    assert "as soon as one is free" in scripted_desk.replies[0]

    slots.release(redis, "other0")
    advance(scripted_desk.services, errand.id)
    assert at(errand).state == "calling"


def test_a_late_refusal_leaves_the_attempt_that_came_after_alone(scripted_desk: Desk) -> None:
    errand = ready_errand(scripted_desk)

    @dataclass
    class Stalled(ScriptedTelephony):
        """Answers only when the attempt was given up and another one was made."""

        def place_call(self, dial: Dial) -> str:
            Call.update(state="failed").execute()
            Errand.update(state="ready", due_at=0.0).execute()
            advance(scripted_desk.services, errand.id)
            raise never_processed()

    advance(replace(scripted_desk.services, telephony=Stalled()), errand.id)

    assert at(errand).state == "calling"
    assert [call.state for call in Call.select().order_by(Call.id)] == ["failed", "dialling"]
    assert len(scripted_desk.dialled) == 1


def test_only_what_is_dialled_changes_in_development(scripted_desk: Desk) -> None:
    mine = scripted_desk.user.phone
    changed = scripted_desk.services.settings.model_dump() | {"floyd_dial_only": mine}
    services = replace(scripted_desk.services, settings=Settings.model_validate(changed))
    errand = ready_errand(scripted_desk)
    advance(services, errand.id)

    call = scripted_desk.call()
    assert (call.phone, call.dialled) == (errand.phone, mine)
    assert scripted_desk.dialled == [mine]


def test_a_number_that_is_no_contact_any_more_is_not_dialled(scripted_desk: Desk) -> None:
    errand = ready_errand(scripted_desk)
    Contact.delete().execute()
    advance(scripted_desk.services, errand.id)

    assert at(errand).state == "failed"
    assert scripted_desk.dialled == []


def test_a_callee_who_asked_for_peace_is_not_dialled(scripted_desk: Desk) -> None:
    ready_errand(scripted_desk, state="failed", outcome="do_not_call", due_at=None)
    errand = ready_errand(scripted_desk)
    advance(scripted_desk.services, errand.id)

    assert "asked me not to call again" in scripted_desk.replies[-1]
    assert scripted_desk.dialled == []


def test_an_errand_that_was_cancelled_is_not_dialled(scripted_desk: Desk) -> None:
    errand = ready_errand(scripted_desk, state="cancelled", due_at=None)
    advance(scripted_desk.services, errand.id)

    assert scripted_desk.dialled == []
