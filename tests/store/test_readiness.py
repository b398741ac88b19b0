from redis import Redis

from floyd.store.database import database
from floyd.store.models import InboundText
from floyd.store.readiness import can_store
from tests.store.test_idioms import at_once


def test_asking_whether_a_text_could_be_stored_leaves_nothing(store: Redis) -> None:
    assert at_once(4, can_store) == [True] * 4
    assert InboundText.select().count() == 0
    assert InboundText.create(sid="SM1", phone="", body="", received_at=0.0).id == 1


def test_a_database_without_its_tables_is_not_ready(empty: Redis) -> None:
    assert not can_store()


def test_a_connection_that_may_only_read_is_not_ready(store: Redis, database_url: str) -> None:
    assert can_store()
    if database_url.startswith("sqlite"):
        database.pragma("query_only", 1)
    else:
        database.execute_sql("SET default_transaction_read_only = on")
    assert not can_store()
