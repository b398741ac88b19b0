"""Facts as a file: CSV or JSON in, what would change out; and the other way round; pure."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from floyd.errors import InputRefused

Format = Literal["csv", "json"]

COLUMNS = ("subject", "value", "source", "confidence", "created_at", "expires_at")
_LONGEST_SUBJECT = 80
_LONGEST_VALUE = 300


@dataclass(frozen=True)
class FactRow:
    """A fact as a file has it; `expires_at` is epoch seconds."""

    subject: str
    value: str
    confidence: float = 1.0
    expires_at: float | None = None


def read(text: str, form: Format) -> list[FactRow]:
    """Return the facts of a file.

    Raises:
        InputRefused: tells of every row that cannot be used, by its number.
    """
    rows, problems = [], []
    for number, raw in enumerate(_raw_rows(text, form), start=1):
        try:
            rows.append(_row(raw))
        except (ValueError, TypeError, AttributeError) as error:
            problems.append(f"  row {number}: {error}")
    if problems:
        told = "\n".join(["Nothing was imported:", *problems])
        raise InputRefused("facts that cannot be used", user_text=told)
    return rows


def write(facts: Iterable[Any], form: Format) -> str:
    """Return facts, as the database has them, as the text of a file."""
    rows = [{column: getattr(fact, column) for column in COLUMNS} for fact in facts]
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _raw_rows(text: str, form: Format) -> Sequence[Any]:
    try:
        found = json.loads(text) if form == "json" else list(csv.DictReader(io.StringIO(text)))
    except (ValueError, csv.Error) as error:
        raise InputRefused("no facts", user_text=f"That is no {form.upper()}: {error}") from error
    if not isinstance(found, list):
        raise InputRefused("no facts", user_text="The file must hold a list of facts.")
    return found


def _row(raw: Any) -> FactRow:
    subject = " ".join(str(raw.get("subject") or "").split())
    value = " ".join(str(raw.get("value") or "").split())
    if not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise ValueError(f"subject must have 1 to {_LONGEST_SUBJECT} letters")
    if not 0 < len(value) <= _LONGEST_VALUE or "\0" in value:
        raise ValueError(f"value must have 1 to {_LONGEST_VALUE} letters")
    confidence = float(raw.get("confidence") or 1.0)
    if not 0 < confidence <= 1:
        raise ValueError("confidence must be above 0 and at most 1")
    expires_at = raw.get("expires_at")
    return FactRow(subject, value, confidence, float(expires_at) if expires_at else None)
