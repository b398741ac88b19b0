"""A new user's first text is answered with a welcome: what Floyd does, and what it may be told.

Nothing waits for an answer: what the user tells is remembered like anything else.
"""

import re

from floyd.errands.knowledge import contacts_of, facts_of
from floyd.reports.wording import numbered
from floyd.store.models import User

_WELCOME = (
    "Hi{name}, I'm Floyd, an AI assistant that makes phone calls for you. Text me whom to call and "
    "what about. If you like, tell me: {questions}"
)
_NAME = "What is your name?"
_TOWN = "What town do you live in?"
_MORE = "What else should I know, like family names or an address?"
_SAYS_NAME = re.compile(
    r"\b(?i:my name is|i'm|i am|call me|this is|it's) (?P<name>[A-Z][\w'-]+(?: [A-Z][\w'-]+)*)"
)


def welcome(user: User, now: float) -> str | None:
    """Return the welcome of a new user, once ever; None for all others.

    Runs inside an open `writing()`. Whoever has facts or contacts was introduced by somebody.
    """
    first = (
        User.update(welcomed_at=now)
        .where((User.id == user.id) & User.welcomed_at.is_null())
        .execute()
    )
    if first != 1 or facts_of(user, now) or contacts_of(user):
        return None
    questions = [_TOWN, _MORE] if _has_name(user) else [_NAME, _TOWN, _MORE]
    name = f" {user.name.split()[0]}" if _has_name(user) else ""
    return _WELCOME.format(name=name, questions=numbered(questions))


def take_name(user: User, words: str) -> None:
    """Call a user by the name that they give, where none is known."""
    said = _SAYS_NAME.search(words.replace("\u2019", "'"))
    if said and not _has_name(user):
        User.update(name=said["name"]).where(User.id == user.id).execute()


def _has_name(user: User) -> bool:
    return any(letter.isalpha() for letter in user.name)
