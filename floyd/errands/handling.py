"""Where a text is handled: its open transaction, and the user's own words in it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from floyd.errands.quoting import is_composed_of, is_quoted
from floyd.prompts.schemas import Wish
from floyd.store.database import Writes
from floyd.store.models import InboundText, User


@dataclass(frozen=True)
class Desk:
    """Where a text is handled: its open transaction, whose it is, and when.

    `errands` are those that can be taken on, once all of it is committed.
    """

    writes: Writes
    user: User
    text: InboundText
    now: float
    errands: list[int] = field(default_factory=list)

    @property
    def is_surely_the_user(self) -> bool:
        """Whether nobody else can have said it: it was written, or Twilio vouches for the call."""
        return self.text.call is None or bool(self.text.call.attested)


Handler = Callable[[Desk, Wish], str | None]
"""Does what a wish asks for; returns what to say about it, or None when another text will."""


def own_words(desk: Desk, wish: Wish) -> str:
    """Return the user's own words for a wish: the model's, only if the user wrote them.

    What is said on the phone comes in pieces, of which the model may put together a wish.
    """
    quoted = " ".join(wish.text.split())
    written = " ".join(desk.text.body.split())
    if is_quoted(quoted, written):
        return quoted
    is_theirs = quoted and desk.text.call is not None and is_composed_of(quoted, written)
    return quoted if is_theirs else written
