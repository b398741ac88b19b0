"""The texts that wait to be understood: which of them are one message, and whose turn it is.

A text that ends unfinished waits a moment for its rest; a whole one never does.
"""

from collections.abc import Sequence
from itertools import pairwise

from floyd.errands import halves
from floyd.store.database import writing
from floyd.store.models import InboundText, User


def next_texts(user: User, now: float) -> list[InboundText]:
    """Return the oldest text not yet understood, with those that go on where it ended.

    None while it waits for its next try, or for the rest of it.
    """
    texts, is_last = unread_together(user)
    if not texts or (texts[0].tries > 0 and (texts[0].due_at or 0) > now):
        return []
    until = halves.waits_until(texts[-1])
    if texts[-1].call or not is_last or now >= until:
        return texts
    return _wait_for_the_rest(texts, until)


def unread_together(user: User) -> tuple[list[InboundText], bool]:
    """Return the first texts not yet understood that are one message, and whether no more came."""
    waiting = (InboundText.phone == user.phone) & InboundText.understood_at.is_null()
    oldest_first = (InboundText.received_at, InboundText.id)
    found: list[InboundText] = list(
        InboundText.select().where(waiting).order_by(*oldest_first).limit(halves.MOST_TOGETHER)
    )
    together = found[:1]
    for earlier, later in pairwise(found):
        if earlier.call or later.call or not halves.belong_together(earlier, later):
            break
        together.append(later)
    return together, len(together) == len(found) < halves.MOST_TOGETHER


def mark_understood(texts: Sequence[InboundText], now: float) -> bool:
    """Become the one who understands a message; whoever marks its first text has it all."""
    first, *others = [text.id for text in texts]
    unread = InboundText.understood_at.is_null()
    mark = InboundText.update(understood_at=now, due_at=None)
    marked = mark.where((InboundText.id == first) & unread).execute()
    if marked == 1 and others:
        mark = InboundText.update(understood_at=now, due_at=None)
        mark.where(InboundText.id.in_(others) & unread).execute()
    return bool(marked == 1)


def as_one(texts: Sequence[InboundText]) -> InboundText:
    """Return texts as the one message that they are; only in memory, their rows stay."""
    whole = InboundText.get_by_id(texts[0].id)
    whole.body = halves.joined([text.body for text in texts])
    whole.media_count = sum(text.media_count for text in texts)
    return whole


def _wait_for_the_rest(texts: Sequence[InboundText], until: float) -> list[InboundText]:
    """Have texts that end unfinished looked at again by the sweep, should no more come."""
    with writing():
        ids = [text.id for text in texts]
        unread = InboundText.id.in_(ids) & InboundText.understood_at.is_null()
        InboundText.update(due_at=until).where(unread & (InboundText.due_at != until)).execute()
    return []
