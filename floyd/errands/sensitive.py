"""What about a user is sensitive, and whether the user said that an errand may tell it; pure.

Cards, government ids, passwords and health stay out of every call unless the user's own words for
that errand name them: of all but health they must also say that it may be given.
"""

import re
from collections.abc import Sequence
from enum import StrEnum


class Kind(StrEnum):
    """What makes a fact sensitive."""

    CARD = "card"
    GOVERNMENT_ID = "government id"
    PASSWORD = "password"
    HEALTH = "health"


_CARD = (
    r"credit|debit|visa|master\s?card|amex|american express|bank|iban|cvv|cvc|routing|"
    r"account number|card number|payment"
)
_PATTERNS: dict[Kind, str] = {
    Kind.CARD: rf"\b(?:{_CARD})\b",
    Kind.GOVERNMENT_ID: (
        r"\b(?:ssn|social security|social insurance|passport|driver'?s? licen[cs]e|"
        r"licen[cs]e number|health card|ohip|medicare|national id|tax (?:id|number)|"
        r"insurance (?:number|card)|sin(?: number)?(?=\W*\d))\b"
    ),
    Kind.PASSWORD: (
        r"\b(?:password|passcode|passphrase|pin(?: code)?|(?:door|gate|alarm) code|login)\b"
    ),
    Kind.HEALTH: (
        r"\b(?:diagnos\w*|disease|disorder|allerg\w*|medication\w*|medicine\w*|prescription\w*|"
        r"pills?|therap\w*|depress\w*|anxiety|pregnan\w*|hiv|cancer|diabet\w*|asthma\w*|epilep\w*|"
        r"adhd|autis\w*|surgery|blood (?:type|pressure)|symptoms?|illness|sick(?:ness)?|ill|fever|"
        r"medical|mental|addict\w*|std|condition)\b"
    ),
}
_COMPILED = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in _PATTERNS.items()}
_OWN_CARD = re.compile(
    r"\b(?:my card|by card|(?:charge|pay)\b.{0,30}\bcard|card on file)\b", re.IGNORECASE
)
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_SOCIAL_SECURITY = re.compile(r"(?<![\d-])\d{3}[ -]\d{2}[ -]\d{4}(?![\d-])")
_CLAUSE = re.compile(r"[.!?;\n]|,\s|\bbut\b", re.IGNORECASE)
_NOT = re.compile(r"\b(?:no|not|never|without|don'?t|do not|nothing)\b", re.IGNORECASE)
_GIVES = re.compile(
    r"\b(?:give|tell|use|pay|charge|share|read|provide|quote|say|mention|put|with|by)\b",
    re.IGNORECASE,
)
_SICK = frozenset({"sick", "ill", "illne", "sickn", "sympt", "fever"})
_STEM = 5


def kinds_of(text: str) -> frozenset[Kind]:
    """Return what is sensitive in a text, by its words and by the shape of its numbers."""
    plain = text.replace("\u2019", "'")
    found = {kind for kind, pattern in _COMPILED.items() if pattern.search(plain)}
    if any(_is_card(number) for number in _LONG_NUMBER.findall(plain)):
        found.add(Kind.CARD)
    if _SOCIAL_SECURITY.search(plain):
        found.add(Kind.GOVERNMENT_ID)
    return frozenset(found)


def may_be_told(fact: str, words: Sequence[str]) -> bool:
    """Return whether an errand may tell a fact.

    Args:
        fact: its subject and its value.
        words: the user's own for this errand: the request and what they answered.
    """
    clauses = [
        clause
        for text in words
        for clause in _CLAUSE.split(text.replace("\u2019", "'"))
        if not _NOT.search(clause)
    ]
    return all(any(_allows(kind, fact, clause) for clause in clauses) for kind in kinds_of(fact))


def _allows(kind: Kind, fact: str, clause: str) -> bool:
    if kind is Kind.HEALTH:
        return bool(_stems(kind, fact) & _stems(kind, clause))
    if not _GIVES.search(clause):
        return False
    if kind is Kind.CARD:
        return bool(_COMPILED[kind].search(clause) or _OWN_CARD.search(clause))
    return bool(_stems(kind, fact) & _stems(kind, clause))


def _stems(kind: Kind, text: str) -> set[str]:
    """Return which sensitive words of a kind a text has, one for all that mean being ill."""
    stems = {found.casefold()[:_STEM] for found in _COMPILED[kind].findall(text)}
    return {"sick" if stem in _SICK else stem for stem in stems}


def _is_card(number: str) -> bool:
    """Return whether a number passes the check of payment cards (Luhn)."""
    digits = [int(digit) for digit in reversed(re.sub(r"\D", "", number))]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
