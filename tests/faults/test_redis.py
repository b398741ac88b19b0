"""Redis goes, comes back empty, or the database is locked: the database is the truth."""

import sqlite3

import pytest

from floyd.store.models import InboundText
from tests.faults.test_duplicates import webhooks
from tests.faults.town import Town

pytestmark = pytest.mark.faults


def test_a_redis_that_comes_back_empty_is_filled_from_the_database(silent: Town) -> None:
    silent.fault("chat Plan", "hold_before")
    silent.text()
    silent.until_held()
    silent.kill("redis")
    silent.empty_redis()
    silent.start("redis")
    silent.until_redis_answers()
    silent.sandbox.release()
    silent.reply("busy")
    silent.check()
    assert len(silent.calls()) == 1


def test_texts_are_taken_in_while_redis_is_down_and_answered_when_it_is_back(silent: Town) -> None:
    silent.kill("redis")
    silent.text()
    silent.text("Thanks!")
    silent.until(lambda: len(webhooks(silent, "webhook sms")) == 2)
    assert all(event.fields["status"] == 200 for event in webhooks(silent, "webhook sms"))
    assert InboundText.select().where(InboundText.phone == silent.scenario.user_phone).count() == 2
    silent.passed(60)
    silent.start("redis")
    silent.reply("busy")
    silent.check()
    assert silent.errands() == 1


def test_a_call_that_ends_while_redis_is_down_is_reported_when_it_is_back(silent: Town) -> None:
    silent.fault("callback call busy", "delay", delay_s=40)
    silent.text()
    silent.call("busy")
    silent.kill("redis")
    silent.until(lambda: webhooks(silent, "callback call busy"))
    silent.start("redis")
    silent.reply("busy")
    silent.check()


def test_a_database_locked_for_longer_than_twilio_waits_loses_no_text(silent: Town) -> None:
    lock = sqlite3.connect(silent.directory / "floyd.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    silent.text()
    (webhook,) = silent.until(lambda: webhooks(silent, "webhook sms"))
    lock.execute("ROLLBACK")
    lock.close()
    assert webhook.fields["status"] is None
    silent.reply("busy")
    silent.check()
    assert InboundText.select().where(InboundText.phone == silent.scenario.user_phone).count() == 1
    assert len(silent.calls()) == 1
