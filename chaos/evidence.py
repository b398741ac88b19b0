"""What is left of a run: Floyd's rows and logs, and what the stand-ins wrote down themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.client import Event
from floyd.store.models import Call, Errand, ErrandMove, InboundText, OutboundText, Row, Utterance

Rows = list[dict[str, Any]]
Marks = Mapping[type[Row], int]
"""The newest row of each table before it began."""

KINDS = (
    "call.created",
    "call.status",
    "message.created",
    "stream-error",
    "stream-started",
    "twilio.api",
    "twilio.webhook",
)
"""The kinds of the stand-ins' records that anybody judges by."""

_TABLES = (Errand, ErrandMove, InboundText, OutboundText, Call, Utterance)


@dataclass(frozen=True)
class Evidence:
    """All that the invariants are judged by.

    Attributes:
        now: epoch seconds of Floyd's clock.
        errands, moves, inbound, outbound, calls, utterances: rows by column, oldest first.
        events: the stand-ins' records of `KINDS`, oldest first.
        books: what was agreed on the phone, by book, as the callees noted it down.
        slots: until when each attempt has a call slot reserved.
        log: every line that Floyd's processes have written.
        secrets: what no log may hold: numbers, keys.
    """

    now: float
    errands: Rows
    moves: Rows
    inbound: Rows
    outbound: Rows
    calls: Rows
    utterances: Rows
    events: Sequence[Event]
    books: Mapping[str, Rows]
    slots: Mapping[str, float]
    log: Sequence[str]
    secrets: Iterable[str]


def marks() -> Marks:
    """Return the newest row of each table."""
    return {table: _newest(table) for table in _TABLES}


def rows_since(before: Marks) -> dict[str, Rows]:
    """Return the rows that have come since, by the evidence's names."""
    names = ("errands", "moves", "inbound", "outbound", "calls", "utterances")
    return {
        name: _dicts(table.select().where(table.id > before[table]).order_by(table.id))
        for name, table in zip(names, _TABLES, strict=True)
    }


def _dicts(rows: Any) -> Rows:
    """Peewee's types do not know that rows may come as dicts."""
    return list(rows.dicts())


def _newest(table: type[Row]) -> int:
    row = table.select(table.id).order_by(table.id.desc()).first()
    return int(row.id) if row else 0
