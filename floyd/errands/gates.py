"""The gates before a dial, in code: whatever the model plans, only what passes all is dialled."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from floyd.phone_numbers import Refusal, digits_of, for_reading, refusal, to_e164

_WRITTEN_NUMBER = re.compile(r"\+?\d(?:[\s().\-/\u2010-\u2015]{0,3}\d){2,}")
_EMERGENCY_CALL = re.compile(
    r"(?:^|[.!?,;:\n]\s*|\b(?:please|floyd|you|now)\s+)(?:call|dial|phone|ring|get)\s+(?:me\s+)?"
    r"(?:an\s+|the\s+)?(?:(?P<number>9[\s.-]?1[\s.-]?1|112|999|988)(?![\s-]*\d)|nine[\s-]one[\s-]one\b|ambulance\b)",
    re.IGNORECASE,
)
_NATIONAL_LENGTH = 10


@dataclass(frozen=True)
class GateInput:
    """What the gates decide on.

    Attributes:
        phone: what the errand wants to phone, E.164 or as written.
        user_is_known: whether someone whom Floyd serves asked for it.
        users_texts: the user's own words: a number in them was given by the user.
        contact_phones: numbers of the user's contacts, E.164.
        countries: calling codes that may be dialled.
        own: Floyd's own number, E.164.
        asked_not_to_be_called: whether whoever answers there has said so.
    """

    phone: str
    user_is_known: bool
    users_texts: Sequence[str]
    contact_phones: Sequence[str]
    countries: tuple[int, ...]
    own: str
    asked_not_to_be_called: bool = False


Gate = Callable[[GateInput], Refusal | None]


def refused(checked: GateInput) -> Refusal | None:
    """Return why a number may not be dialled, or None when every gate lets it pass."""
    for gate in GATES:
        if (why := gate(checked)) is not None:
            return why
    return None


def asks_for_an_emergency_call(text: str) -> str | None:
    """Return the emergency number that a text asks to be called, or None."""
    found = _EMERGENCY_CALL.search(unicodedata.normalize("NFKC", text))
    return (digits_of(found["number"] or "") or "911") if found else None


def was_given(phone: str, texts: Sequence[str]) -> bool:
    """Return whether exactly this number stands in one of the texts, in any usual form."""
    wanted = _national_digits(phone)
    return any(
        _national_digits(written) == wanted for text in texts for written in numbers_in(text)
    )


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text that may be phone numbers, as they are written."""
    return _WRITTEN_NUMBER.findall(text)


def in_words(phone: str, why: Refusal) -> str:
    """Return a refusal as a sentence for the user."""
    return f"I can't call {for_reading(phone)}: it {why.reason}."


def _national_digits(written: str) -> str:
    digits = digits_of(to_e164(written) or written)
    north_american = len(digits) == _NATIONAL_LENGTH + 1 and digits.startswith("1")
    return digits[1:] if north_american else digits


def _user_is_known(checked: GateInput) -> Refusal | None:
    if checked.user_is_known:
        return None
    return Refusal("was asked for by someone whom I don't work for")


def _number_may_be_dialled(checked: GateInput) -> Refusal | None:
    return refusal(checked.phone, countries=checked.countries, own=checked.own)


def _number_was_given(checked: GateInput) -> Refusal | None:
    if checked.phone in checked.contact_phones or was_given(checked.phone, checked.users_texts):
        return None
    return Refusal("is not a number that you gave me")


def _callee_may_be_called(checked: GateInput) -> Refusal | None:
    if checked.asked_not_to_be_called:
        return Refusal("asked me not to call again")
    return None


GATES: tuple[Gate, ...] = (
    _user_is_known,
    _number_may_be_dialled,
    _number_was_given,
    _callee_may_be_called,
)
