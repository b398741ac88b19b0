from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis
from rq import Queue

from floyd.reports.delivery import MAX_UNITS, fitted, plain, write_text
from floyd.store.database import database, writing
from floyd.store.models import OutboundText, User


def test_a_text_is_written_and_its_sending_queued(user: User, redis: Redis) -> None:
    with writing() as writes:
        text = write_text(writes, user=user, body="Calling now.", occasion="e:1", now=5.0)
        assert Queue("floyd", connection=redis).count == 0

    assert text is not None
    stored = OutboundText.get()
    assert (stored.phone, stored.body, stored.state) == (user.phone, "Calling now.", "queued")
    [job] = Queue("floyd", connection=redis).jobs
    assert (job.func_name, job.args) == ("floyd.jobs.send_text.run", (text.id,))


def test_an_occasion_has_one_text_whoever_writes_at_once(user: User, redis: Redis) -> None:
    together = Barrier(8)

    def write(_: int) -> bool:
        together.wait(10)
        with writing() as writes:
            text = write_text(writes, user=user, body="Done.", occasion="e:1:done", now=5.0)
        database.close()
        return text is not None

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(write, range(8))) == 1
    assert OutboundText.select().count() == 1
    assert Queue("floyd", connection=redis).count == 1


def test_a_text_whose_cause_is_rolled_back_is_never_sent(user: User, redis: Redis) -> None:
    def write_and_fail() -> None:
        with writing() as writes:
            write_text(writes, user=user, body="Done.", occasion="e:1", now=5.0)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert OutboundText.select().count() == 0
    assert Queue("floyd", connection=redis).count == 0


def test_a_stranger_is_written_to_by_number(store: Redis) -> None:
    with writing() as writes:
        write_text(writes, phone="+15195550199", body="Hello.", occasion="hello", now=5.0)
    assert (OutboundText.get().phone, OutboundText.get().user) == ("+15195550199", None)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("I\u2019ll call \u201cMaple\u201d", 'I\'ll call "Maple"'),
        ("Mon\u2013Fri \u2014 9\u00a0am\u2026", "Mon-Fri - 9 am..."),
        ("caf\u00e9 \U0001f44d", "caf\u00e9 \U0001f44d"),
        (" a\x00b ", "ab"),
        ("half \ud83d", "half"),
    ],
)
def test_what_gsm_has_no_letter_for_is_said_plainly(written: str, sent: str) -> None:
    assert plain(written) == sent


def test_a_long_text_ends_with_a_sentence() -> None:
    text = fitted("This is a sentence. " * 200)
    assert len(text) <= MAX_UNITS
    assert text.endswith("sentence. ...")


def test_a_long_sentence_ends_with_a_word() -> None:
    text = fitted("word " * 1000)
    assert len(text) <= MAX_UNITS
    assert text.endswith("word...")


@given(st.text(max_size=4000))
def test_whatever_is_written_fits(written: str) -> None:
    assert len(fitted(plain(written)).encode("utf-16-le", "surrogatepass")) <= 2 * MAX_UNITS
