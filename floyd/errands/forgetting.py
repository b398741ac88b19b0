"""Facts and contacts that a user wants forgotten: found by their words, gone with all traces.

The texts that told them stay, but nothing is learned from them again.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from floyd.errands.changes import plan_anew
from floyd.errands.conversation import open_errands, written_by
from floyd.errands.knowledge import contacts_of, facts_of
from floyd.errands.learning import was_said
from floyd.errands.lifecycle import State
from floyd.store.database import Writes
from floyd.store.models import Contact, Errand, Fact, InboundText, Question, User

_COMMON = frozenset(
    """a about again all am and any anything are at do does don't everything for forget have how i
    in is it its just know known me my of on our please that the thing things this to told was
    were what whatever when where which who with you your""".split()
)
_ALIKE = ({"address", "live", "home"}, {"phone", "number"}, {"birthday", "born", "birth"})
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_PLURAL = re.compile(r"(?<=\w{3})(?<!s)s$")
_GONE = "(forgotten)"
_LONG_ENOUGH = 3


def matching(
    user: User, words: str, subjects: Sequence[str], now: float
) -> tuple[list[Fact], list[Contact]]:
    """Return the facts and contacts that a user means.

    Args:
        user: whose they are.
        words: in which the user names them.
        subjects: by which the model does; the words decide where it names none that there is.
        now: epoch seconds.
    """
    facts, contacts = facts_of(user, now), contacts_of(user)
    named = {subject.casefold().strip() for subject in subjects}
    found = (
        [fact for fact in facts if fact.subject.casefold() in named],
        [contact for contact in contacts if contact.name.casefold() in named],
    )
    return found if any(found) else _by_words(words, user, facts, contacts)


def everything_known(user: User) -> tuple[list[Fact], list[Contact]]:
    """Return all facts and contacts of a user, those that hold no more included."""
    return list(Fact.select().where(Fact.user == user)), contacts_of(user)


def forget(
    writes: Writes, user: User, facts: Sequence[Fact], contacts: Sequence[Contact], now: float
) -> list[int]:
    """Remove facts, with what was known of their subjects before, and contacts.

    Runs inside an open `writing()`.

    Returns:
        Ids of the errands that must be planned again.
    """
    subjects = {fact.subject.casefold() for fact in facts if fact.subject != user.name}
    ids = {fact.id for fact in facts}
    gone = [
        fact
        for fact in Fact.select().where(Fact.user == user)
        if fact.id in ids or fact.subject.casefold() in subjects
    ]
    values = [str(fact.value) for fact in gone]
    Fact.delete().where(Fact.id.in_([fact.id for fact in gone])).execute()
    Contact.delete().where(Contact.id.in_([contact.id for contact in contacts])).execute()
    _unlearn(user, values, now)
    return [
        errand.id
        for errand in open_errands(user)
        if _strip(errand, {fact.id for fact in gone}, values)
        and State(errand.state) in (State.SCHEDULED, State.READY, State.PLANNING)
        and plan_anew(writes, errand.id, "the user wanted something forgotten", now)
    ]


def _by_words(
    words: str, user: User, facts: Iterable[Fact], contacts: Iterable[Contact]
) -> tuple[list[Fact], list[Contact]]:
    """Return what all the words of a user fit; "my" is nobody else's."""
    wanted = _words(words) - _COMMON
    if not wanted:
        return [], []
    own = re.search(r"\bmy\b", words, re.IGNORECASE) is not None
    fitting = [fact for fact in facts if wanted <= _spread(f"{fact.subject} {fact.value}")]
    theirs = [fact for fact in fitting if not own or _may_be_of(user, fact)]
    return theirs, [
        contact for contact in contacts if wanted <= _spread(f"{contact.name} {contact.about}")
    ]


def _may_be_of(user: User, fact: Fact) -> bool:
    owner, has_owner, _ = fact.subject.partition("'s ")
    return not has_owner or owner.casefold() in user.name.casefold()


def _spread(text: str) -> set[str]:
    """Return the words of a text, and those that people use in their place."""
    found = _words(text)
    return found.union(*(alike for alike in _ALIKE if alike & found))


def _words(text: str) -> set[str]:
    found = (word.removesuffix("'s") for word in _WORD.findall(text.casefold()))
    return {_PLURAL.sub("", word) for word in found}


def _unlearn(user: User, values: Sequence[str], now: float) -> None:
    """Mark the texts that told something: they teach it no more."""
    texts = InboundText.select().where(written_by(user) & InboundText.forgotten_at.is_null())
    told = [text.id for text in texts if any(was_said(value, text.body) for value in values)]
    InboundText.update(forgotten_at=now).where(InboundText.id.in_(told)).execute()


def _strip(errand: Errand, ids: set[int], values: Sequence[str]) -> bool:
    """Take what is forgotten out of an errand that goes on; whether there was any of it."""
    plan, snapshot = _without(errand.plan, values), _without(errand.snapshot, values)
    if snapshot:
        snapshot["facts"] = [fact for fact in snapshot["facts"] if fact["id"] not in ids]
    for question in Question.select().where(
        (Question.errand == errand) & Question.answer.is_null(False)
    ):
        answer = _without(question.answer, values)
        Question.update(answer=answer).where(Question.id == question.id).execute()
    if (plan, snapshot) == (errand.plan, errand.snapshot):
        return False
    Errand.update(plan=plan, snapshot=snapshot).where(Errand.id == errand.id).execute()
    return True


def _without(content: Any, values: Sequence[str]) -> Any:
    """Return JSON in which nothing forgotten is spelled out any more."""
    if isinstance(content, dict):
        return {key: _without(part, values) for key, part in content.items()}
    if isinstance(content, list):
        return [_without(part, values) for part in content]
    if isinstance(content, str):
        for value in values:
            if len(value) > _LONG_ENOUGH:
                content = re.sub(re.escape(value), _GONE, content, flags=re.IGNORECASE)
    return content
