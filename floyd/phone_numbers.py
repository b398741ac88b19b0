"""Phone numbers: what people write becomes E.164, and what must never be dialled is told why."""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType, timezone

EMERGENCY = frozenset({"911", "112", "999", "000", "110", "118", "119", "988"})
_N11 = re.compile(r"^[2-9]11$")
_PREMIUM = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PAGER,
    PhoneNumberType.PERSONAL_NUMBER,
}
# Every North American area code has its premium exchange.
_PREMIUM_EXCHANGE = re.compile(r"^\+1\d{3}976\d{4}$")


@dataclass(frozen=True)
class Refusal:
    """Why a number may not be dialled, in words for the user."""

    reason: str


def to_e164(written: str, region: str = "US") -> str | None:
    """Return a number as E.164, or None when it is none.

    Args:
        written: in any usual form, e.g. "(519) 555-0188" or "+44 20 7946 0018".
        region: ISO 3166 region that a national number is read in.
    """
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def numbers_in(text: str, region: str = "US") -> list[str]:
    """Return every valid number in a text as E.164, in the order of their appearance."""
    matches = phonenumbers.PhoneNumberMatcher(text, region)
    return [
        phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        for match in matches
    ]


def digits_of(written: str) -> str:
    """Return the digits of what is written, in any script, as 0 to 9."""
    return str(phonenumbers.normalize_digits_only(written))


def for_reading(e164: str) -> str:
    """Return a number as people of its own country write it."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def zones_of(e164: str) -> tuple[str, ...]:
    """Return the IANA time zones in which a number may be at home; UTC when none is known."""
    zones = timezone.time_zones_for_number(phonenumbers.parse(e164))
    return tuple(zone for zone in zones if zone != "Etc/Unknown") or ("UTC",)


def is_toll_free(e164: str) -> bool:
    """Return whether a number is a business's that is at home in no area: 1-800 and the like."""
    return bool(phonenumbers.number_type(phonenumbers.parse(e164)) == PhoneNumberType.TOLL_FREE)


def refusal(dialled: str, *, countries: tuple[int, ...], own: str) -> Refusal | None:
    """Return why a number may not be dialled, or None when nothing speaks against it.

    Args:
        dialled: what would be dialled, E.164 or as written.
        countries: calling codes that are allowed.
        own: Floyd's own number, E.164.
    """
    digits = digits_of(dialled)
    if digits in EMERGENCY:
        return Refusal("is an emergency number. If this is an emergency, please dial it yourself")
    if _N11.match(digits) or len(digits) < 7:
        return Refusal("is a service or short number, which I can't call")
    e164 = to_e164(dialled)
    if e164 is None:
        return Refusal("is not a valid phone number")
    if e164 == own:
        return Refusal("is my own number")
    number = phonenumbers.parse(e164)
    if number.country_code not in countries:
        return Refusal("is in a country that I'm not set up to call")
    if phonenumbers.number_type(number) in _PREMIUM or _PREMIUM_EXCHANGE.match(e164):
        return Refusal("is a premium-rate number")
    return None
