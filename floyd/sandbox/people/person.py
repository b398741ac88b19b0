"""A person as a data file describes them, with one story's facts filled in."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from floyd.sandbox.people.manner import Manner
from floyd.sandbox.people.offers import Offer
from floyd.sandbox.people.slots import Slot
from floyd.sandbox.people.templates import fill_pattern
from floyd.sandbox.scenario import Scenario


@dataclass(frozen=True)
class Person:
    """Somebody who answers the phone and wants to know certain things.

    Attributes:
        book: the order book that agreements are written to.
        says: by occasion, the ways of saying it; the file school_secretary.toml explains them.
        topic: what tells the person what the call is about.
        confirms: whether an agreement needs a yes to the read-back.
        words: what lines may speak of.
        offers: what there is to choose from; one of them is part of every agreement.
        offers_first: how likely it is that an offer comes before the questions.
        limit: the slot that says what an offer may cost.
    """

    manner: Manner
    book: str
    confirms: bool
    says: dict[str, tuple[str, ...]]
    topic: re.Pattern[str]
    slots: tuple[Slot, ...]
    words: dict[str, str]
    offers: tuple[Offer, ...] = ()
    offers_first: float = 0.0
    limit: str = ""

    @classmethod
    def from_toml(cls, table: Mapping[str, Any], scenario: Scenario) -> "Person":
        """Fill a person's file with the facts of a story."""
        words = scenario.words()
        known = [scenario.child, *scenario.other_children]
        return cls(
            manner=Manner.from_toml(table),
            book=table["book"],
            confirms=table["confirms"],
            says={occasion: tuple(lines) for occasion, lines in table["says"].items()},
            topic=re.compile(fill_pattern(table["topic"], words), re.IGNORECASE),
            slots=tuple(Slot.from_toml(each, words, known) for each in table["slots"]),
            words=words,
            offers=tuple(Offer.from_toml(each, words) for each in table.get("offers", [])),
            offers_first=table.get("offers_first", 0.0),
            limit=table.get("limit", ""),
        )


def read_file(name: str) -> dict[str, Any]:
    """The data file of a person or a machine, by its name without ending.

    Raises:
        ValueError: nobody has that name.
    """
    file = resources.files("floyd.sandbox.people") / f"{name}.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ValueError(f"nobody is called {name}") from error
