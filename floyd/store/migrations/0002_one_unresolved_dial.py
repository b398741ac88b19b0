"""Of the dials to one number whose outcome is not known there is at most one.

A check before the insert would let two processes pass at once on PostgreSQL.
"""

from typing import Any


def up(migrator: Any, db: Any) -> None:
    """Add the partial index."""
    db.execute_sql(
        """CREATE UNIQUE INDEX call_unresolved ON "call" (dialled)
        WHERE sid IS NULL AND state IN ('reserved', 'dialling')"""
    )


def down(migrator: Any, db: Any) -> None:
    """Drop it."""
    db.execute_sql("DROP INDEX call_unresolved")
