"""The judge of a story: order books in, what is wrong with them out."""

import re
from collections.abc import Callable
from typing import Any

from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import story_of

Entry = dict[str, Any]
Books = dict[str, list[Entry]]

SICK = ("sick", "ill", "unwell", "not feeling well")
ONE_DAY = ("just today", "just for today", "only today", "only for today", "today only", "one day")
PARENTS = {"mother": ("mother", "mom"), "father": ("father", "dad")}


def problems(scenario: Scenario, books: Books) -> list[str]:
    """What differs from the one right entry of the story's book; empty if nothing."""
    story = story_of(scenario)
    book = story.book
    entries = books.get(book, [])
    others = books.keys() - {book, *story.notes}
    found = [f"something is in the book {name}" for name in sorted(others)]
    if len(entries) != 1:
        return [*found, f"{len(entries)} {book} were noted, not one"]
    noted = {name: str(value).lower() for name, value in entries[0].items()}
    right = _RIGHT[book](scenario, noted)
    return found + [
        f"the {what} is {entries[0].get(what)}" for what, is_right in right.items() if not is_right
    ]


def _absence(scenario: Scenario, noted: dict[str, str]) -> dict[str, bool]:
    """What nobody asked for may be absent."""
    callers = (scenario.user.lower(), *PARENTS[scenario.relation], "parent", "parents")
    return {
        "child": noted.get("child") == scenario.child.lower(),
        "class": _is_class(noted.get("class", ""), scenario),
        "reason": noted.get("reason") in SICK,
        "day": noted.get("day") == "today",
        "until": noted.get("until", ONE_DAY[0]) in ONE_DAY,
        "caller": noted.get("caller", callers[0]) in callers,
    }


def _order(scenario: Scenario, noted: dict[str, str]) -> dict[str, bool]:
    """The price must be the florist's own and within the budget."""
    price = noted.get("price", "").lstrip("$")
    return {
        "what": noted.get("what") == scenario.flowers,
        "price": price == scenario.flowers_price and int(price) <= int(scenario.budget),
        "address": _plain(noted.get("address", "")) == _plain(scenario.address),
        "recipient": noted.get("recipient") == scenario.friend.lower(),
        "card": noted.get("card", scenario.user.lower()) == scenario.user.lower(),
    }


def _booking(scenario: Scenario, noted: dict[str, str]) -> dict[str, bool]:
    """The only free time of next week that is after the user's work."""
    return {
        "date": noted.get("date") == scenario.late_day.lower(),
        "time": noted.get("time") == scenario.late_time.lower(),
        "name": noted.get("name") == scenario.user.lower(),
        "car": noted.get("car", scenario.car.lower()) in scenario.car.lower(),
    }


_RIGHT: dict[str, Callable[[Scenario, dict[str, str]], dict[str, bool]]] = {
    "absences": _absence,
    "orders": _order,
    "bookings": _booking,
}


def _is_class(noted: str, scenario: Scenario) -> bool:
    """A class may be noted by its name or by its teacher."""
    said = noted.replace(".", "").replace(" ", "")
    teacher = scenario.teacher.replace(".", "").replace(" ", "").lower()
    return said in (
        teacher,
        *(f"{kind}{scenario.class_name.lower()}" for kind in ("", "class", "grade")),
    )


def _plain(address: str) -> list[str]:
    return re.findall(r"\w+", address.lower().replace(" in ", " "))
