"""The data directory: one Floyd at a time lives in it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from floyd.errors import SettingsError


@contextmanager
def occupied(data_dir: Path) -> Iterator[int]:
    """Hold the data directory; yields a descriptor that children inherit.

    The lock lasts as long as one process has the descriptor open: after a supervisor was killed,
    the directory is taken until the last of its children has ended.

    Raises:
        SettingsError: another Floyd is in there.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(data_dir / "running.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SettingsError(
                f"FLOYD_DATA_DIR: a Floyd is running in {data_dir} already, or still ending"
            ) from error
        yield lock
    finally:
        os.close(lock)
