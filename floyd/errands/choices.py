"""Several places that may be meant: the question, and the one that an answer picks. Pure."""

import re
from collections.abc import Sequence

from floyd.services.directory.protocol import Listing

_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NUMBERS = ("one", "two", "three", "four", "five")
_SAYS_A_PLACE = re.compile(
    r"(?:^\W*|\b(?:number|no|option|take|the)\W*)"
    rf"(?P<place>[1-5](?:st|nd|rd|th)?(?![\w:.]\d)|{'|'.join(_ORDINALS)})\b"
    rf"|(?:^\W*|\b(?:number|option) )(?P<number>{'|'.join(_NUMBERS)})\b",
    re.IGNORECASE,
)
_ANY = re.compile(r"\b(?:any|either|whichever|doesn['\u2019]?t matter|you choose)\b", re.IGNORECASE)
_LAST = re.compile(r"\bthe last\b", re.IGNORECASE)
_NONE_OF_THEM = re.compile(
    r"\b(?:none|neither|another|other|else)\b|\bnot?\b(?!\.?\s*\d)", re.IGNORECASE
)
_COMMON = frozenset("a an and at in of on one please st street take the there".split())
_ADDRESS_PARTS = 2


def which_one(listings: Sequence[Listing]) -> str:
    """Return the question that lets a user choose."""
    places = (
        f"{number}) {', '.join([listing.name, *_where(listing)])}"
        for number, listing in enumerate(listings, start=1)
    )
    return f"Which one? {' '.join(places)}"


def picked(answer: str, listings: Sequence[Listing]) -> Listing | None:
    """Return the one that an answer means: by its number, its place in the row, or its name.

    None where it means none of them, or more than one.
    """
    if _NONE_OF_THEM.search(answer):
        return None
    by_name = _by_words(answer, listings)
    if by_name is not None:
        return by_name
    place = len(listings) if _LAST.search(answer) else _place(answer)
    return listings[place - 1] if 0 < place <= len(listings) else None


def _by_words(answer: str, listings: Sequence[Listing]) -> Listing | None:
    """Return the listing with which an answer shares words that no other has."""
    said = _words(answer)
    scores = [
        len(said & (_words(f"{one.name} {' '.join(_where(one))}") - _ambiguous(one, listings)))
        for one in listings
    ]
    best = max(scores, default=0)
    return listings[scores.index(best)] if best and scores.count(best) == 1 else None


def _ambiguous(listing: Listing, listings: Sequence[Listing]) -> set[str]:
    others = (one for one in listings if one is not listing)
    return {word for one in others for word in _words(f"{one.name} {' '.join(_where(one))}")}


def _place(answer: str) -> int:
    """Return the place in the row that an answer names, 1 where any will do, else 0."""
    found = _SAYS_A_PLACE.search(answer)
    if found is None:
        return 1 if _ANY.search(answer) else 0
    if found["number"]:
        return _NUMBERS.index(found["number"].casefold()) + 1
    place = found["place"].casefold()
    return _ORDINALS.index(place) + 1 if place in _ORDINALS else int(place[0])


def _where(listing: Listing) -> list[str]:
    return [part.strip() for part in listing.address.split(",")[:_ADDRESS_PARTS] if part.strip()]


def _words(text: str) -> set[str]:
    """Return the words that tell places apart; a digit alone is a place in the row."""
    found = re.findall(r"[\w']+", text.casefold().replace("\u2019", "'"))
    return {word for word in found if len(word) > 1} - _COMMON - set(_ORDINALS) - set(_NUMBERS)
