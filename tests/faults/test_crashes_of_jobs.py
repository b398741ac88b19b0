"""Web, worker or clock is killed while its request is held, before or after it was accepted."""

import pytest

from floyd.store.models import Call, InboundText
from tests.faults.town import Town

pytestmark = pytest.mark.faults

before_and_after = pytest.mark.parametrize("moment", ["hold_before", "hold_after"])


def texts_about_the_call(town: Town) -> list[str]:
    return [body for body in town.replies() if "Calling" in body]


def test_a_text_is_read_though_the_web_dies_between_its_row_and_its_job(silent: Town) -> None:
    silent.processes["redis"].freeze()
    silent.text()
    silent.until(InboundText.select().where(InboundText.phone == silent.scenario.user_phone).exists)
    silent.kill("web", "redis")
    silent.start("redis", "web")
    silent.reply("busy")
    silent.check()
    assert len(silent.calls()) == 1


@pytest.mark.parametrize("task", ["Understanding", "Plan"])
def test_a_worker_that_dies_thinking_causes_one_errand_with_one_plan(
    silent: Town, task: str
) -> None:
    silent.fault(f"chat {task}", "hold_before")
    silent.text()
    silent.crash_while_held("worker")
    silent.reply("busy")
    silent.check()
    assert len(texts_about_the_call(silent)) == 1
    assert silent.errands() == 1


@before_and_after
def test_a_worker_that_dies_dialling_has_dialled_at_most_once(silent: Town, moment: str) -> None:
    silent.fault("POST Calls", moment)
    silent.text()
    silent.crash_while_held("worker")
    silent.reply("busy")
    silent.check()
    assert [call.status for call in silent.calls()] == ["busy"]
    assert len(texts_about_the_call(silent)) == 1


def test_a_call_is_found_whose_dial_was_lost_with_all_its_callbacks(silent: Town) -> None:
    silent.fault("callback call *", "drop", times=99)
    silent.fault("POST Calls", "hold_after")
    silent.text()
    silent.crash_while_held("worker")
    silent.reply("busy")
    silent.check()
    assert [call.status for call in silent.calls()] == ["busy"]


@before_and_after
def test_calls_that_all_ring_one_number_are_told_apart(silent: Town, moment: str) -> None:
    other = silent.another_family()
    silent.kill("worker")
    silent.start("worker", FLOYD_DIAL_ONLY=silent.scenario.school_phone)
    silent.fault("POST Calls", moment)
    silent.text()
    silent.sandbox.send_text(other.user_phone, other.request)
    silent.until_held()
    silent.kill("worker")
    silent.sandbox.release()
    silent.start("worker", FLOYD_DIAL_ONLY=silent.scenario.school_phone)
    silent.reply("busy")
    silent.reply("busy", other.user_phone)
    silent.check()
    assert [(call.to, call.status) for call in silent.calls()] == [
        (silent.scenario.school_phone, "busy")
    ] * 2


@before_and_after
def test_a_worker_that_dies_texting_has_texted_at_most_once(silent: Town, moment: str) -> None:
    silent.fault("POST Messages", moment)
    silent.text()
    silent.crash_while_held("worker")
    silent.reply("busy")
    silent.check()
    assert len(texts_about_the_call(silent)) == 1


def test_a_call_that_ends_while_no_worker_lives_is_reported_once(silent: Town) -> None:
    silent.fault("callback call busy", "delay", delay_s=40)
    silent.text()
    silent.call("busy")
    silent.kill("worker")
    silent.until(Call.select().where(Call.state == "busy", Call.reported_at.is_null()).exists)
    silent.start("worker")
    silent.reply("busy")
    silent.check()


def test_what_is_due_is_done_though_the_clock_dies_again_and_again(silent: Town) -> None:
    silent.fault("callback call *", "drop", times=99)
    silent.text()
    for _ in range(3):
        silent.kill("clock")
        silent.start("clock")
        silent.passed(15)
    silent.reply("busy")
    silent.check()
