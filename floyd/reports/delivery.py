"""The outbox: texts are written here together with the change that causes them, sent by a job.

A text enters with its occasion, which says once and for all what it is for: whatever runs twice
writes it once. What leaves is a row that `floyd.jobs.send_text` takes up.
"""

import re

from floyd.store.database import Writes
from floyd.store.models import Errand, OutboundText, User

MAX_UNITS = 1600
SEND_LEASE_S = 15

# One of these in a text makes every segment of it UCS-2 and so doubles its price; their plain
# equivalents say the same.
_PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\u200b": "",
        "\ufeff": "",
        "\x00": "",
    }
)
_CUT = " ..."
_SENTENCE_ENDS = re.compile(r"[.!?](?=\s)|\n")


def write_text(
    writes: Writes,
    *,
    body: str,
    occasion: str,
    now: float,
    user: User | None = None,
    phone: str | None = None,
    errand: Errand | None = None,
) -> OutboundText | None:
    """Write a text into the outbox, inside an open `writing()`; it is sent after the commit.

    Args:
        writes: the transaction that the text belongs to.
        body: as long as it likes; what is sent fits one text of 1,600 characters.
        occasion: what the text is for, e.g. "errand:7:calling:<attempt>"; one text each, ever.
        now: epoch seconds of Floyd's clock.
        user: whom it is for, or
        phone: the number that it is for, E.164, when that is no user's.
        errand: the errand that it is about.

    Returns:
        The row, or None when this occasion has its text already.
    """
    to = phone or (user.phone if user else None)
    if to is None:
        raise ValueError("a text needs a user or a phone number")
    inserted = (
        OutboundText.insert(
            occasion=occasion,
            user=user,
            errand=errand,
            phone=to,
            body=fitted(plain(body)),
            created_at=now,
            due_at=now + SEND_LEASE_S,
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if not inserted:
        return None
    text: OutboundText = OutboundText.get(OutboundText.occasion == occasion)
    writes.look_at("send_text", text.id)
    return text


def plain(text: str) -> str:
    """Return a text whose curly quotes, dashes and odd spaces are the ones of GSM-7."""
    # Half an emoji, as a model may write it, cannot be stored.
    whole = text.encode("utf-8", "ignore").decode("utf-8")
    return whole.translate(_PLAIN).strip()


def fitted(text: str) -> str:
    """Return a text cut at a sentence, else at a word, so that Twilio takes it."""
    if _units(text) <= MAX_UNITS:
        return text
    room = text[: MAX_UNITS - len(_CUT)]
    while _units(room) > MAX_UNITS - len(_CUT):
        room = room[:-1]
    ends = [match.end() for match in _SENTENCE_ENDS.finditer(room)]
    if ends and ends[-1] > len(room) // 2:
        return room[: ends[-1]].rstrip() + _CUT
    words = room.rsplit(None, 1)[0]
    return (words if len(words) > len(room) // 2 else room).rstrip() + _CUT.lstrip()


def _units(text: str) -> int:
    """Count as UCS-2 does: an emoji takes two."""
    return len(text.encode("utf-16-le")) // 2
