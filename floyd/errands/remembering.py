"""What a user wants kept, forgotten or told of what Floyd knows; in the transaction of their text.

What is kept are the user's own words: what the model makes of them counts only where they say it.
"""

import re

from floyd.errands import inquiries
from floyd.errands.forgetting import everything_known, forget, matching
from floyd.errands.gates import was_given
from floyd.errands.handling import Desk, own_words
from floyd.errands.knowledge import contacts_of, facts_of
from floyd.errands.learning import (
    LIKELY,
    SURE,
    is_about_known,
    is_plain,
    keep,
    subject_of,
    was_said,
)
from floyd.errands.sensitive import kinds_of
from floyd.errands.welcome import take_name
from floyd.phone_numbers import for_reading, to_e164
from floyd.prompts.schemas import SaidContact, UserFact, Wish
from floyd.reports.segments import fits
from floyd.store.models import Contact, Fact

NOTHING_KNOWN = "I don't know anything about you yet. Tell me what I should remember."
NOTHING_LIKE_IT = "I don't know anything like that, so there is nothing to forget."
NOT_A_NUMBER = "{phone} doesn't look like a phone number. Could you check it?"
ALL_FORGOTTEN = "I've forgotten all that I knew about you."
FORGET_ALL = "Shall I forget all {count} things that I know about you, numbers too? Yes or no?"

_MOST_FACTS = 8
_LONGEST_NAME = 60
_REMEMBER = re.compile(
    r"^\W*(?:(?:please|also|and)\W+)*(?:remember|note|know)\b\W*(?:that\b\W*)?", re.IGNORECASE
)
_EVERYTHING = re.compile(
    r"\b(?:everything|all (?:of it|you know|that you know|my (?:data|facts|info\w*)))\b"
    r"|\bforget (?:about )?me\b",
    re.IGNORECASE,
)


def remember(desk: Desk, wish: Wish) -> str:
    """Keep what the user tells, and the number that they give."""
    said = []
    if wish.contact is not None:
        said.append(_keep_contact(desk, wish.contact))
    kept = [fact for fact in _said_facts(desk, wish) if not _is_the_contact(fact, wish)]
    for fact in kept:
        keep(desk.user, fact, f"text:{desk.text.id}", desk.now, SURE)
    if kept:
        said.append(_noted(desk, kept))
    elif wish.contact is None:
        said.append(_keep_note(desk, wish))
    take_name(desk.user, own_words(desk, wish))
    return " ".join(said)


def learn_in_passing(desk: Desk, wish: Wish) -> None:
    """Keep what a wish of another kind says about the user, without a word about it."""
    for fact in _said_facts(desk, wish):
        keep(desk.user, fact, f"text:{desk.text.id}", desk.now, LIKELY)


def forget_it(desk: Desk, wish: Wish) -> str:
    """Forget what the user names; of everything they are asked first."""
    words = own_words(desk, wish)
    if _EVERYTHING.search(words):
        count = len(facts_of(desk.user, desk.now)) + len(contacts_of(desk.user))
        question = FORGET_ALL.format(count=count)
        return inquiries.ask(desk, inquiries.FORGET_ALL, question, {}) if count else NOTHING_KNOWN
    facts, contacts = matching(desk.user, words, [fact.subject for fact in wish.facts], desk.now)
    if not facts and not contacts:
        return NOTHING_LIKE_IT
    names = [*(_title(fact) for fact in facts), *(contact.name for contact in contacts)]
    desk.errands.extend(forget(desk.writes, desk.user, facts, contacts, desk.now))
    return f"Forgotten: {', '.join(dict.fromkeys(names))}."


def forget_all(desk: Desk) -> str:
    """Forget all that is known about the user."""
    facts, contacts = everything_known(desk.user)
    desk.errands.extend(forget(desk.writes, desk.user, facts, contacts, desk.now))
    return ALL_FORGOTTEN


def recall(desk: Desk, wish: Wish) -> str:
    """Tell what is known about the user, or about what they name, the most useful first."""
    facts, contacts = facts_of(desk.user, desk.now), contacts_of(desk.user)
    subjects = [fact.subject for fact in wish.facts]
    if subjects:
        named = matching(desk.user, own_words(desk, wish), subjects, desk.now)
        facts, contacts = named if any(named) else (facts, contacts)
    known = [_told(fact) for fact in sorted(facts, key=_usefulness)]
    known += [f"{contact.name}: {for_reading(contact.phone)}" for contact in contacts]
    return _as_many_as_fit(known) if known else NOTHING_KNOWN


def save_contacts(desk: Desk, contacts: list[dict[str, str]]) -> str:
    """Keep contacts that the user has confirmed: name, phone as E.164."""
    for contact in contacts:
        _save(desk, contact["name"], contact["phone"])
    return f"Saved: {', '.join(contact['name'] for contact in contacts)}."


def _said_facts(desk: Desk, wish: Wish) -> list[UserFact]:
    """Return the facts of a wish whose values the user has said, about people who are known."""
    known = [desk.user.name, *(fact.subject for fact in facts_of(desk.user, desk.now))]
    return [
        fact
        for fact in wish.facts[:_MOST_FACTS]
        if is_plain(fact)
        and was_said(fact.value, desk.text.body)
        and is_about_known(fact, desk.text.body, known)
    ]


def _is_the_contact(fact: UserFact, wish: Wish) -> bool:
    return wish.contact is not None and was_given(wish.contact.phone, [fact.value])


def _keep_contact(desk: Desk, contact: SaidContact) -> str:
    e164 = to_e164(contact.phone)
    if e164 is None or not was_given(contact.phone, [desk.text.body]):
        return NOT_A_NUMBER.format(phone=contact.phone[:_LONGEST_NAME])
    name = " ".join(contact.name.split())[:_LONGEST_NAME] or for_reading(e164)
    _save(desk, name, e164)
    return f"Saved: {name}, {for_reading(e164)}."


def _save(desk: Desk, name: str, e164: str) -> None:
    """Keep a contact; one of the same name or number is corrected."""
    for known in contacts_of(desk.user):
        if known.phone == e164 or known.name.casefold() == name.casefold():
            Contact.update(name=name, phone=e164).where(Contact.id == known.id).execute()
            return
    Contact.create(
        user=desk.user,
        name=name,
        phone=e164,
        source=f"text:{desk.text.id}",
        created_at=desk.now,
    )


def _keep_note(desk: Desk, wish: Wish) -> str:
    """Keep a sentence as it is, beside whatever else is known."""
    value = _REMEMBER.sub("", own_words(desk, wish), count=1).strip() or wish.text
    source, name = f"text:{desk.text.id}", desk.user.name
    Fact.create(user=desk.user, subject=name, value=value, source=source, created_at=desk.now)
    return "Noted."


def _noted(desk: Desk, facts: list[UserFact]) -> str:
    if any(kinds_of(f"{fact.subject}: {fact.value}") for fact in facts):
        return "Noted. I'll tell it to nobody unless you say so."
    told = (f"{subject_of(desk.user, fact)}: {fact.value}" for fact in facts)
    return f"Noted. {'; '.join(told)}."


def _usefulness(fact: Fact) -> tuple[bool, float, float]:
    """Return a key by which the user's own, sure and new facts come first."""
    return fact.source.startswith("call:"), -fact.confidence, -fact.created_at


def _title(fact: Fact) -> str:
    """Return what a fact is called: its subject, of a note its words."""
    return str(fact.value if fact.subject == fact.user.name else fact.subject)


def _told(fact: Fact) -> str:
    """Return a fact for its user's eyes; of what is sensitive only that it is known."""
    if kinds_of(f"{fact.subject}: {fact.value}"):
        return f"{fact.subject} (kept private)"
    return str(fact.value) if fact.subject == fact.user.name else f"{fact.subject}: {fact.value}"


def _as_many_as_fit(known: list[str]) -> str:
    for count in range(len(known), 0, -1):
        left = len(known) - count
        text = f"I know: {'; '.join(known[:count])}." + (f" And {left} more." if left else "")
        if fits(text):
            return text
    return f"I know: {known[0]}"
