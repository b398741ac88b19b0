"""What is known about a user: material for a plan, and the snapshot that one call may speak of."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from floyd.errands import sensitive
from floyd.errands.conversation import written_by
from floyd.errands.decisions import YesOrNo, yes_or_no
from floyd.reports.wording import is_yes_or_no
from floyd.store.models import Contact, Errand, Fact, InboundText, Question, User

_NUMBER_SEARCH = 200
_DIGITS = re.compile(r"\d(?:[ .-]?\d){3,}")
_DISTINCTIVE_LENGTH = 12
_SECRET_LENGTH = 6
_ODD_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Knowledge:
    """What a plan was made from, and is checked against; `begun` is the move that planning is.

    `withheld` are sensitive facts: the plan is made without them.
    """

    facts: list[Fact]
    withheld: list[Fact]
    contacts: list[Contact]
    texts: list[str]
    begun: int | None


def facts_of(user: User, now: float) -> list[Fact]:
    """Return what is known about a user and still holds at a time (epoch seconds)."""
    holds = Fact.expires_at.is_null() | (Fact.expires_at > now)
    current = (Fact.user == user) & Fact.superseded_at.is_null() & holds
    return list(Fact.select().where(current).order_by(Fact.id))


def tellable(facts: Iterable[Fact], words: Sequence[str]) -> list[Fact]:
    """Return the facts that a conversation may know of: sensitive ones only if words allow it.

    Args:
        facts: what is known about a user.
        words: the user's own for what the conversation is about.
    """
    return [fact for fact in facts if sensitive.may_be_told(f"{fact.subject}: {fact.value}", words)]


def users_words(errand: Errand) -> list[str]:
    """Return what a user has said for an errand; a yes says what it was asked about."""
    said = [errand.request]
    for answer in answers_material(errand):
        question, words = str(answer["question"]), str(answer["answer"])
        agrees = yes_or_no(words) is YesOrNo.YES
        said.append(f"{question.rstrip('?')}: {words}" if agrees else words)
    return said


def contacts_of(user: User) -> list[Contact]:
    """Return the places and people that a user may want phoned."""
    return list(Contact.select().where(Contact.user == user).order_by(Contact.id))


def texts_of(user: User) -> list[str]:
    """Return a user's own words of late: a number in them was given by the user."""
    texts = (
        InboundText.select(InboundText.body)
        .where(written_by(user))
        .order_by(InboundText.id.desc())
        .limit(_NUMBER_SEARCH)
    )
    return [text.body for text in texts]


def facts_material(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Return facts as the model reads them."""
    return [{"id": fact.id, "subject": fact.subject, "value": fact.value} for fact in facts]


def contacts_material(contacts: Sequence[Contact]) -> list[dict[str, Any]]:
    """Return contacts as the model reads them."""
    return [
        {
            "id": contact.id,
            "name": contact.name,
            "phone": contact.phone,
            "about": contact.about,
        }
        for contact in contacts
    ]


def answers_material(errand: Errand) -> list[dict[str, str | None]]:
    """Return what the user has answered for an errand, in order; a mere yes tells nothing."""
    answered = (
        Question.select()
        .where((Question.errand == errand) & Question.answered_at.is_null(False))
        .order_by(Question.id)
    )
    return [
        {"question": question.text, "answer": question.answer}
        for question in answered
        if not is_yes_or_no(question.text)
    ]


def snapshot(errand: Errand, facts: Sequence[Fact], chosen: Sequence[int]) -> dict[str, Any]:
    """Return all that a call of an errand may know and say, and nothing else.

    Args:
        errand: whose call.
        facts: what is known about its user.
        chosen: ids of the facts that the plan needs; an unknown id is nothing.
    """
    needed = [fact for fact in facts if fact.id in set(chosen)]
    return {
        "user": errand.user.name,
        "facts": facts_material(needed),
        "answers": answers_material(errand),
        "request": errand.request,
    }


def gives_away(text: str, private: Iterable[str], known: Sequence[str]) -> bool:
    """Return whether a text holds something private: its whole wording or a number of four digits.

    Args:
        text: what would be told.
        private: values of facts that stay private.
        known: what may be told all the same, wherever else it stands.
    """
    told, allowed = text.casefold(), " \n ".join(known).casefold()
    numbers = _numbers(told) - _numbers(allowed)
    return any(
        numbers & _numbers(value)
        or (len(value) >= _DISTINCTIVE_LENGTH and value in told and value not in allowed)
        or any(word in told and word not in allowed for word in _odd_words(value))
        for value in (fact.casefold() for fact in private)
    )


def _odd_words(text: str) -> set[str]:
    """Return words of a text that can be nothing but a secret: letters and digits in one."""
    words = (word.strip(".,;:!?\"'()") for word in _ODD_WORD.findall(text))
    return {
        word
        for word in words
        if len(word) >= _SECRET_LENGTH
        and any(letter.isalpha() for letter in word)
        and any(letter.isdigit() for letter in word)
    }


def _numbers(text: str) -> set[str]:
    return {re.sub(r"\D", "", run) for run in _DIGITS.findall(text)}
