"""A `calls` process is killed in the middle of a call, or what the call needs goes away."""

import sqlite3

import psutil
import pytest

from tests.faults.town import CALLS, Town, heard

pytestmark = pytest.mark.faults

LINE_WAS_LOST = "the line dropped"
# What a busy machine may take, four times over: the exact figures are the bench's.
HASTE_S = 1.0


def carrier(town: Town) -> str:
    """The name of the `calls` process that holds the only media socket there is."""

    def holds_a_socket(name: str) -> bool:
        pids = town.processes[name].pids
        sockets = [each for pid in pids for each in psutil.Process(pid).net_connections("tcp")]
        return (town.media_port, "ESTABLISHED") in {(s.laddr.port, s.status) for s in sockets}

    (name,) = town.until(lambda: [n for n in CALLS if holds_a_socket(n)])
    return str(name)


def talking_about_the_child(town: Town) -> None:
    """Have a call made, and wait until its callee knows what it is about."""
    town.text()
    town.said("line", "sick")


def kill_the_call_before_floyd_answers(town: Town) -> None:
    """Kill the process of a call while the model is asked: the callee has said something, waits."""
    town.text()
    town.said("line", "an ai assistant")
    name = carrier(town)
    town.fault("chat reply", "hold_before")
    town.until_held()
    town.kill(name)
    town.sandbox.release()


@pytest.mark.parametrize("loss", ["continue", "continue_after_10_s"])
def test_a_call_goes_on_in_another_process_that_knows_all_that_was_said(
    talking: Town, loss: str
) -> None:
    talking.sandbox.change_conditions(twilio={"on_socket_loss": loss})
    kill_the_call_before_floyd_answers(talking)
    assert "Mara Berg" in talking.reply("Done")
    talking.check()
    assert talking.when_last("stream-started") - talking.when("stream-error") < 2.0 + HASTE_S
    assert [entry["child"] for entry in talking.sandbox.order_books()["absences"]] == ["Mara Berg"]
    words = heard(talking.calls()[0], "line")
    assert words.count("an ai assistant") == 1
    assert LINE_WAS_LOST in words
    assert len(talking.calls()) == 1


def test_a_call_that_ends_with_its_process_is_told_honestly(talking: Town) -> None:
    talking.sandbox.change_conditions(twilio={"on_socket_loss": "hang_up"})
    kill_the_call_before_floyd_answers(talking)
    assert "Shall I try again?" in talking.reply("broke off")
    talking.check()
    assert "absences" not in talking.sandbox.order_books()


def test_a_worker_that_dies_reporting_has_told_its_user_once(talking: Town) -> None:
    talking.fault("chat Report", "hold_before")
    talking.text()
    talking.crash_while_held("worker")
    talking.reply("Done")
    talking.check()
    assert len([body for body in talking.replies() if "Done" in body]) == 1


def test_a_call_goes_on_while_redis_is_away(talking: Town) -> None:
    talking_about_the_child(talking)
    talking.kill("redis")
    talking.empty_redis()
    talking.call("completed")
    talking.start("redis")
    talking.reply("Done")
    talking.check()
    assert len(talking.sandbox.records(0, ["stream-started"])) == 1


def test_a_call_goes_on_while_the_database_is_locked_and_texts_are_taken_in(talking: Town) -> None:
    talking_about_the_child(talking)
    lock = sqlite3.connect(talking.directory / "floyd.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    talking.text("Thanks!")
    talking.passed(10)
    lock.execute("ROLLBACK")
    lock.close()
    (webhook,) = talking.until(
        lambda: [
            event
            for event in talking.sandbox.records(0, ["twilio.webhook"])
            if event.fields["fields"].get("Body") == "Thanks!"
        ]
    )
    assert webhook.fields["status"] == 200
    talking.reply("Done")
    talking.check()
    assert len(talking.sandbox.records(0, ["stream-started"])) == 1
