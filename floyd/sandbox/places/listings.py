"""The places of the story: a data file in, places as Google describes them out."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from floyd.sandbox.people.templates import fill

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Words between what is looked for and where.
_IDLE = {"a", "an", "the", "in", "at", "near", "on", "of", "and"}


@dataclass(frozen=True)
class Place:
    """One place.

    Attributes:
        kinds: what people look for when they mean a place like this.
        phone: E.164; None when Google does not know it.
        comes_to_customers: it has no shop and no address, only a town that it serves.
        hours: by day; a day that is missing is closed; None when they are not known.
    """

    name: str
    kinds: tuple[str, ...]
    town: str
    street: str = ""
    phone: str | None = None
    status: str = "OPERATIONAL"
    comes_to_customers: bool = False
    hours: Mapping[str, str] | None = None

    @property
    def id(self) -> str:
        """The place id, which stays the same from search to search."""
        digest = hashlib.sha256(f"{self.name} {self.street} {self.town}".encode()).digest()
        return f"ChIJ{base64.urlsafe_b64encode(digest).decode()[:23]}"

    def fits(self, text: str) -> bool:
        """Whether every word of a search is a word of this place."""
        own = _words(" ".join((self.name, *self.kinds, self.street, self.town)))
        wanted = _words(text) - _IDLE
        return bool(wanted) and wanted <= own

    def as_json(self) -> dict[str, Any]:
        """All that Google tells; what it does not know is left out."""
        told: dict[str, Any] = {
            "id": self.id,
            "name": f"places/{self.id}",
            "types": [kind.replace(" ", "_") for kind in self.kinds],
            "displayName": {"text": self.name, "languageCode": "en"},
            "businessStatus": self.status,
            "pureServiceAreaBusiness": self.comes_to_customers,
        }
        if not self.comes_to_customers:
            told["formattedAddress"] = f"{self.street}, {self.town}, Canada"
        if self.phone is not None:
            area, exchange, line = self.phone[2:5], self.phone[5:8], self.phone[8:]
            told["nationalPhoneNumber"] = f"({area}) {exchange}-{line}"
            told["internationalPhoneNumber"] = f"+1 {area}-{exchange}-{line}"
        if self.hours is not None:
            week = [f"{day}: {_printed(self.hours.get(day, 'Closed'))}" for day in _DAYS]
            told["regularOpeningHours"] = {"weekdayDescriptions": week}
        return told


def read_places(words: Mapping[str, str]) -> tuple[Place, ...]:
    """The places of the data file, with a story's facts filled in."""
    file = resources.files("floyd.sandbox.places") / "listings.toml"
    tables = tomllib.loads(file.read_text(encoding="utf-8"))["places"]
    return tuple(_read(table, words) for table in tables)


def search(places: Sequence[Place], text: str, *, with_service_areas: bool) -> list[Place]:
    """The places that a search finds, in the order of the file."""
    return [
        place
        for place in places
        if place.fits(text) and (with_service_areas or not place.comes_to_customers)
    ]


def _read(table: Mapping[str, Any], words: Mapping[str, str]) -> Place:
    filled = {
        name: fill(value, words) if isinstance(value, str) else value
        for name, value in table.items()
    }
    return Place(**filled | {"kinds": tuple(table["kinds"])})


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower().replace("'", "")))


def _printed(hours: str) -> str:
    """Hours as Google sets them: narrow and thin spaces, and a dash from a printer."""
    hours = re.sub(r" (?=[AP]M)", "\N{NARROW NO-BREAK SPACE}", hours)
    return hours.replace(" - ", "\N{THIN SPACE}\N{EN DASH}\N{THIN SPACE}")
