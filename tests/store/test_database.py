import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from peewee import IntegrityError
from redis import Redis
from rq import Queue

from floyd.errors import SettingsError
from floyd.store.database import database, open_database, stay_connected, writing
from floyd.store.models import Call, InboundText, OutboundText, User


def test_many_writers_at_once_lose_nothing_and_never_find_the_database_locked(
    store: Redis, user: User
) -> None:
    together = Barrier(8)

    def write(thread: int) -> None:
        together.wait(10)
        for number in range(10):
            with writing():
                InboundText.create(
                    sid=f"{thread}-{number}", phone=user.phone, body="", received_at=0.0
                )
                User.update(name=User.name).where(User.id == user.id).execute()
        database.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    assert InboundText.select().count() == 80


def test_of_many_that_compare_and_swap_one_wins(store: Redis, call: Call) -> None:
    together = Barrier(8)

    def swap(_: int) -> int:
        together.wait(10)
        with writing():
            moved: int = Call.update(state="ringing").where(Call.state == "dialling").execute()
        database.close()
        return moved

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(swap, range(8))) == 1


def test_a_block_that_fails_leaves_no_row_and_no_job(store: Redis, user: User) -> None:
    def write_and_fail() -> None:
        with writing() as writes:
            writes.look_at("send_text", 1)
            OutboundText.create(occasion="x", phone=user.phone, body="", created_at=0.0)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert OutboundText.select().count() == 0
    assert Queue("floyd", connection=store).count == 0


def test_a_job_is_queued_after_the_commit_and_once(store: Redis, user: User) -> None:
    with writing() as writes:
        writes.look_at("send_text", 1)
        writes.look_at("send_text", 1)
        assert Queue("floyd", connection=store).count == 0
    [job] = Queue("floyd", connection=store).jobs
    assert (job.func_name, job.args) == ("floyd.jobs.send_text.run", (1,))
    assert job.retries_left == 3


def test_a_row_that_is_unique_is_unique(store: Redis, user: User) -> None:
    with pytest.raises(IntegrityError), writing():
        User.create(phone=user.phone, name="Ada", zone="UTC", created_at=0.0)
    assert User.select().count() == 1


def test_json_and_every_letter_come_back_as_they_were(store: Redis, call: Call) -> None:
    said = {"text": "caf\u00e9 \U0001f44d \u0627 <b>'; --", "n": [1, 2.5, None, True]}
    Call.update(finish=said).where(Call.id == call.id).execute()
    assert Call.get().finish == said


def test_a_reader_is_not_kept_waiting_by_a_writer(store: Redis, user: User) -> None:
    written, done = threading.Event(), threading.Event()

    def write() -> None:
        with writing():
            User.update(name="Grace").execute()
            written.set()
            done.wait(10)
        database.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(10)
    assert User.get().name == "Ada Berg"
    done.set()
    writer.join(10)
    assert User.get().name == "Grace"


def test_who_stays_connected_keeps_the_log_of_sqlite_between_requests(
    store: Redis, user: User, database_url: str
) -> None:
    stay_connected()
    User.update(name="Grace").execute()
    database.close()
    log = Path(database_url.removeprefix("sqlite:///") + "-wal")
    assert log.exists() == database_url.startswith("sqlite")
    open_database(database_url)
    assert not log.exists()


def test_another_kind_of_database_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        open_database("mysql://localhost/floyd")
