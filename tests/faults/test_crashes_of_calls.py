"""A `calls` process is killed in the middle of a call, or what the call needs goes away."""

import os
import signal
import sqlite3
from collections.abc import Callable

import psutil
import pytest

from chaos.world import CALLS
from tests.faults.town import Town, heard

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


def kill_its_process(town: Town) -> None:
    """Kill what carries the call."""
    town.kill(carrier(town))


def cut_its_socket(town: Town) -> None:
    """Let the network lose the call's media socket; its process lives."""
    town.sandbox.lose_socket(town.calls()[0].sid)


def deploy(town: Town) -> None:
    """Stop what carries the call, as a deploy does."""
    os.kill(town.processes[carrier(town)].pid, signal.SIGTERM)


def before_floyd_answers(town: Town, break_the_call: Callable[[Town], None]) -> None:
    """Break a call while the model is asked: the callee has said something, waits."""
    town.text()
    town.said("line", "an ai assistant")
    town.fault("chat reply", "hold_before")
    town.until_held()
    break_the_call(town)
    town.sandbox.release()


def is_done_in_one_call(town: Town) -> None:
    """Wait for the end; the callee was apologised to, and nothing was said or done twice."""
    assert "Mara Berg" in town.reply("Done")
    town.check()
    assert [entry["child"] for entry in town.sandbox.order_books()["absences"]] == ["Mara Berg"]
    words = heard(town.calls()[0], "line")
    assert words.count("an ai assistant") == 1
    assert LINE_WAS_LOST in words
    assert len(town.calls()) == 1


@pytest.mark.parametrize("break_the_call", [kill_its_process, cut_its_socket])
@pytest.mark.parametrize("loss", ["continue", "continue_after_10_s"])
def test_a_call_that_was_broken_goes_on_and_knows_all_that_was_said(
    talking: Town, loss: str, break_the_call: Callable[[Town], None]
) -> None:
    talking.sandbox.change_conditions(twilio={"on_socket_loss": loss})
    before_floyd_answers(talking, break_the_call)
    is_done_in_one_call(talking)
    assert talking.when_last("stream-started") - talking.when("stream-error") < 2.0 + HASTE_S


def test_a_call_that_ends_with_its_process_is_told_honestly(talking: Town) -> None:
    talking.sandbox.change_conditions(twilio={"on_socket_loss": "hang_up"})
    before_floyd_answers(talking, kill_its_process)
    assert "Shall I try again?" in talking.reply("broke off")
    talking.check()
    assert "absences" not in talking.sandbox.order_books()


def test_a_deploy_is_no_loss_whatever_is_done_about_losses(talking: Town) -> None:
    latencies = {"webhook_s": 0.15, "socket_s": 0.25}
    talking.sandbox.change_conditions(twilio={"on_socket_loss": "hang_up", **latencies})
    before_floyd_answers(talking, deploy)
    is_done_in_one_call(talking)
    assert talking.when("stream-error") == 0.0
    (_, apology) = talking.sandbox.records(0, ["stream.played"])
    left = talking.sandbox.records(0, ["stream-stopped"])[0]
    assert apology.fields["line_ms"] - left.fields["line_ms"] < 1000 * (1.0 + HASTE_S)


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
