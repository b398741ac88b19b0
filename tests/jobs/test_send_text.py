from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from redis import Redis
from rq import Queue

from floyd.jobs.send_text import ABSENT_FOR_S, LOST_AFTER_S, MOST_TRIES, backoff_s, send_text
from floyd.reports.delivery import write_text
from floyd.services import Services
from floyd.store.database import database, writing
from floyd.store.models import OutboundText, User
from tests.jobs.conftest import SetClock
from tests.phone_company import ScriptedTelephony, lost_answer, never_processed, refused


@pytest.fixture
def text(user: User, clock: SetClock) -> OutboundText:
    with writing() as writes:
        text = write_text(writes, user=user, body="Done.", occasion="test", now=clock.now())
    assert text is not None
    return text


def _now(text: OutboundText) -> OutboundText:
    row: OutboundText = OutboundText.get_by_id(text.id)
    return row


def test_a_text_is_sent_once_and_its_sid_kept(
    services: Services, telephony: ScriptedTelephony, text: OutboundText
) -> None:
    send_text(services, text.id)
    send_text(services, text.id)
    assert [(sent.to, sent.body) for sent in telephony.sent] == [("+15195550123", "Done.")]
    assert (_now(text).state, _now(text).sid, _now(text).due_at) == ("sent", "SM1", None)
    assert telephony.status_urls == [f"https://floyd.test/twilio/sms/status?text={text.id}"]


def test_eight_workers_at_once_send_one_text(
    services: Services, telephony: ScriptedTelephony, text: OutboundText
) -> None:
    together = Barrier(8)

    def run(_: int) -> None:
        together.wait(10)
        send_text(services, text.id)
        database.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(run, range(8)))
    assert len(telephony.sent) == 1


def test_a_text_that_twilio_had_no_time_for_is_sent_later(
    services: Services, telephony: ScriptedTelephony, clock: SetClock, text: OutboundText
) -> None:
    telephony.answers = [never_processed(), never_processed()]
    send_text(services, text.id)
    assert _now(text).state == "queued"
    assert clock.now() < _now(text).due_at <= clock.now() + 4
    send_text(services, text.id)
    assert telephony.sent == []

    for _ in range(2):
        clock.move(10)
        send_text(services, text.id)
    assert len(telephony.sent) == 1
    assert _now(text).state == "sent"


def test_a_text_that_twilio_never_has_time_for_fails_in_the_end(
    services: Services, telephony: ScriptedTelephony, clock: SetClock, text: OutboundText
) -> None:
    telephony.answers = [never_processed() for _ in range(MOST_TRIES)]
    for _ in range(MOST_TRIES):
        send_text(services, text.id)
        clock.move(400)
    assert (_now(text).state, _now(text).error_code) == ("failed", 20429)


@pytest.mark.parametrize("code", [21610, 21211, 21408, 30034])
def test_a_refusal_for_good_is_recorded_and_not_repeated(
    services: Services, telephony: ScriptedTelephony, text: OutboundText, code: int
) -> None:
    telephony.answers = [refused(code)]
    send_text(services, text.id)
    send_text(services, text.id)
    assert (_now(text).state, _now(text).error_code) == ("failed", code)
    assert _now(text).due_at is None
    assert telephony.sent == []


def test_a_text_whose_answer_was_lost_is_found_and_not_sent_again(
    services: Services, telephony: ScriptedTelephony, clock: SetClock, text: OutboundText
) -> None:
    telephony.answers, telephony.accepts_all = [lost_answer()], True
    send_text(services, text.id)
    assert _now(text).state == "sending"
    clock.move(LOST_AFTER_S)
    send_text(services, text.id)
    assert len(telephony.sent) == 1
    assert (_now(text).state, _now(text).sid) == ("sent", "SM1")


def test_a_text_that_was_never_sent_is_sent_after_it_was_absent_twice(
    services: Services, telephony: ScriptedTelephony, clock: SetClock, text: OutboundText
) -> None:
    telephony.answers = [lost_answer()]
    send_text(services, text.id)
    clock.move(LOST_AFTER_S)
    send_text(services, text.id)
    assert _now(text).state == "sending"
    clock.move(ABSENT_FOR_S - 1)
    send_text(services, text.id)
    assert _now(text).state == "sending"
    clock.move(1)
    send_text(services, text.id)
    send_text(services, text.id)
    assert len(telephony.sent) == 1
    assert _now(text).state == "sent"


def test_a_text_is_not_looked_for_while_it_may_still_be_on_its_way(
    services: Services, telephony: ScriptedTelephony, clock: SetClock, text: OutboundText
) -> None:
    telephony.answers, telephony.accepts_all = [lost_answer()], True
    send_text(services, text.id)
    clock.move(LOST_AFTER_S - 1)
    send_text(services, text.id)
    assert _now(text).state == "sending"


def test_a_text_of_the_same_words_that_another_row_has_is_not_taken_for_it(
    services: Services,
    telephony: ScriptedTelephony,
    clock: SetClock,
    text: OutboundText,
    user: User,
) -> None:
    with writing() as writes:
        twin = write_text(writes, user=user, body="Done.", occasion="twin", now=clock.now())
    assert twin is not None
    send_text(services, twin.id)
    telephony.answers = [lost_answer()]
    send_text(services, text.id)
    clock.move(LOST_AFTER_S)
    send_text(services, text.id)
    assert (_now(text).state, _now(text).absent_at) == ("sending", clock.now())


def test_a_list_that_cannot_be_had_decides_nothing(
    services: Services, telephony: ScriptedTelephony, clock: SetClock, text: OutboundText
) -> None:
    telephony.answers, telephony.listing = [lost_answer()], never_processed()
    send_text(services, text.id)
    for _ in range(20):
        clock.move(60)
        send_text(services, text.id)
    assert (_now(text).state, _now(text).absent_at) == ("sending", None)
    assert telephony.sent == []


def test_the_notice_of_a_trial_account_does_not_hide_a_text(
    services: Services, telephony: ScriptedTelephony, clock: SetClock, text: OutboundText
) -> None:
    telephony.answers, telephony.accepts_all = [lost_answer()], True
    send_text(services, text.id)
    [seen] = telephony.sent
    telephony.sent[0] = type(seen)(
        seen.sid, seen.to, f"Sent from your Twilio trial account - {seen.body}", "sent", None
    )
    clock.move(LOST_AFTER_S)
    send_text(services, text.id)
    assert _now(text).state == "sent"


def test_a_text_that_is_gone_is_no_error_and_nothing_is_sent(
    services: Services, telephony: ScriptedTelephony
) -> None:
    send_text(services, 4711)
    assert telephony.sent == []


def test_the_wait_between_tries_grows_and_is_spread() -> None:
    assert all(1 <= backoff_s(1) <= 2 for _ in range(100))
    assert all(150 <= backoff_s(11) <= 300 for _ in range(100))
    assert len({backoff_s(3) for _ in range(10)}) > 1


def test_texts_to_one_number_go_out_in_their_order(
    services: Services,
    telephony: ScriptedTelephony,
    clock: SetClock,
    text: OutboundText,
    store: Redis,
) -> None:
    with writing() as writes:
        later = write_text(writes, user=text.user, body="Later.", occasion="l", now=clock.now())
        other = write_text(writes, phone="+14165550177", body="Hi.", occasion="o", now=clock.now())
    assert later is not None
    assert other is not None
    store.flushdb()
    telephony.answers = [never_processed()]
    for one in (text, later, other):
        send_text(services, one.id)
    assert [sent.body for sent in telephony.sent] == ["Hi."]

    clock.move(10)
    send_text(services, text.id)
    assert [job.args for job in Queue("floyd", connection=store).jobs] == [(later.id,)]
    send_text(services, later.id)
    assert [sent.body for sent in telephony.sent] == ["Later.", "Done.", "Hi."]


def test_a_text_whose_answer_is_always_lost_is_given_up_in_the_end(
    services: Services, telephony: ScriptedTelephony, clock: SetClock, text: OutboundText
) -> None:
    telephony.answers = [lost_answer() for _ in range(MOST_TRIES)]
    for _ in range(4 * MOST_TRIES):
        send_text(services, text.id)
        clock.move(ABSENT_FOR_S)
    assert (_now(text).state, _now(text).tries) == ("failed", MOST_TRIES)
    assert telephony.sent == []
