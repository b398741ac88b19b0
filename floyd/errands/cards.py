"""Contact cards (vCard 2.1 to 4.0): bytes of an attachment in, names and numbers out; pure."""

import quopri
import re
from collections.abc import Iterator
from typing import NamedTuple

from floyd.phone_numbers import to_e164

MOST_BYTES = 64 * 1024
MOST_CARDS = 5
_LONGEST_NAME = 60
_LONGEST_LINE = 500
_BEGIN = "BEGIN:VCARD"
_ESCAPED = re.compile(r"\\([,;:\\nN])")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Card(NamedTuple):
    """Somebody's name and the first valid number of theirs, E.164."""

    name: str
    phone: str


def cards_in(content: bytes) -> list[Card]:
    """Return the contacts of an attachment that have a name and a valid number."""
    text = content[:MOST_BYTES].decode("utf-8", "replace")
    if not text.lstrip("\ufeff \r\n").upper().startswith(_BEGIN):
        return []
    read = (_card(part) for part in re.split(r"(?i)BEGIN:VCARD", text)[1:])
    return [card for card in read if card is not None][:MOST_CARDS]


def _card(text: str) -> Card | None:
    names: dict[str, str] = {}
    phones = []
    for name, value in _properties(text):
        if name == "END":
            break
        if name == "TEL":
            phones.append(to_e164(value.removeprefix("tel:")))
        elif name in ("FN", "N", "ORG"):
            names.setdefault(name, value)
    valid = [phone for phone in phones if phone]
    called = names.get("FN") or _in_order(names.get("N", "")) or names.get("ORG", "")
    called = _clean(called.replace(";", " "))
    return Card(called, valid[0]) if called and valid else None


def _properties(text: str) -> Iterator[tuple[str, str]]:
    """Yield names and values; what is folded over several lines is one."""
    for line in re.sub(r"\r?\n[ \t]", "", text).splitlines():
        head, colon, value = line.partition(":")
        if not colon or len(line) > _LONGEST_LINE:
            continue
        name, *parameters = head.upper().split(";")
        if "ENCODING=QUOTED-PRINTABLE" in parameters or "QUOTED-PRINTABLE" in parameters:
            value = quopri.decodestring(value.encode()).decode("utf-8", "replace")
        yield name.rpartition(".")[2], _ESCAPED.sub(r"\1", value).strip()


def _in_order(structured: str) -> str:
    """Return `Lee;Ann;;Dr.;` as one would say it."""
    family, given, more, title, *_ = [*structured.split(";"), "", "", "", ""]
    return " ".join(part for part in (title, given, more, family) if part)


def _clean(name: str) -> str:
    return " ".join(_UNPRINTABLE.sub(" ", name).split())[:_LONGEST_NAME]
