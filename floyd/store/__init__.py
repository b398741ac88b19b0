"""What Floyd remembers: the database is the truth, Redis only says what to look at now."""

from redis import Redis

from floyd.settings import Settings
from floyd.store.database import open_database
from floyd.store.queue import open_queue


def open_store(settings: Settings) -> Redis:
    """Name the database and the Redis of this process; both connect on first use."""
    open_database(settings.database)
    return open_queue(settings.redis_url, settings.clock)
