"""Whether a text that came now could be stored: asked of the database itself, with nothing left."""

import shutil
from pathlib import Path

from peewee import PeeweeException, SqliteDatabase

from floyd.store.database import database, writing
from floyd.store.inbound_texts import LONGEST_BODY
from floyd.store.models import InboundText

LEAST_FREE_BYTES = 16 * 1024 * 1024
"""SQLite's WAL grows by some 4 MB before it is folded back; less than this is as good as full."""

_PATIENCE_MS = 1000
_NO_ROW = 0


class _TakenBack(Exception):
    """Leaves a transaction with nothing done."""


def can_store() -> bool:
    """Write the longest text that there may be and take it back; False when that cannot be done.

    A `SELECT` would answer on a disk that is full, behind a lock that somebody holds, and on a
    replica that only reads. Nothing is committed, so asking costs no write to the disk: that a
    commit would find room there is a matter of the room that is free.
    """
    try:
        if isinstance(database.obj, SqliteDatabase):
            if not has_room(Path(database.obj.database)):
                return False
            database.pragma("busy_timeout", _PATIENCE_MS)
        with writing():
            InboundText.insert(
                id=_NO_ROW, sid="", phone="", body="x" * LONGEST_BODY, received_at=0.0
            ).execute()
            raise _TakenBack
    except _TakenBack:
        return True
    except (PeeweeException, OSError):
        return False


def has_room(path: Path, least: int = LEAST_FREE_BYTES) -> bool:
    """Return whether the disk that a file is on has so many bytes free."""
    return shutil.disk_usage(path.parent).free >= least
