"""Phone numbers as the carrier judges them."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber


def _parse(number: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(number)
    except NumberParseException:
        return None


def is_valid(number: str) -> bool:
    """Whether this is an E.164 number that can exist."""
    parsed = _parse(number)
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        return False
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number


def country_code(number: str) -> str:
    """The calling code of a valid number, without plus."""
    parsed = _parse(number)
    return str(parsed.country_code) if parsed else ""


def region(number: str) -> str:
    """The country of a number in two letters; empty when there is none."""
    parsed = _parse(number)
    return (phonenumbers.region_code_for_number(parsed) or "") if parsed else ""
