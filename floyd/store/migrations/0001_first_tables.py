"""The tables of the first release.

They are created from the models as they stand; from the first release on a change of a model comes
with a numbered step beside this one.
"""

from floyd.store.models import ALL


def up(migrator, db):  # type: ignore[no-untyped-def]
    """Create every table."""
    db.create_tables(ALL)


def down(migrator, db):  # type: ignore[no-untyped-def]
    """Drop every table."""
    db.drop_tables(ALL)
