"""The judge of a story: order books in, what is wrong with them out."""

from typing import Any

from floyd.sandbox.scenario import Scenario

Entry = dict[str, Any]
Books = dict[str, list[Entry]]

BOOK = "absences"
SICK = ("sick", "ill", "unwell", "not feeling well")
ONE_DAY = ("just today", "just for today", "only today", "only for today", "today only", "one day")
PARENTS = {"mother": ("mother", "mom"), "father": ("father", "dad")}


def problems(scenario: Scenario, books: Books) -> list[str]:
    """What differs from the one right entry, an absence of the right child; empty if nothing."""
    absences = books.get(BOOK, [])
    found = [f"something is in the book {name}" for name in books if name != BOOK]
    if len(absences) != 1:
        return [*found, f"{len(absences)} absences were noted, not one"]
    return found + _mistakes(scenario, absences[0])


def _mistakes(scenario: Scenario, entry: Entry) -> list[str]:
    """What is noted wrongly; what nobody asked for may be absent."""
    noted = {name: str(value).lower() for name, value in entry.items()}
    callers = (scenario.user.lower(), *PARENTS[scenario.relation], "parent", "parents")
    right = {
        "child": noted.get("child") == scenario.child.lower(),
        "class": _is_class(noted.get("class", ""), scenario),
        "reason": noted.get("reason") in SICK,
        "day": noted.get("day") == "today",
        "until": noted.get("until", ONE_DAY[0]) in ONE_DAY,
        "caller": noted.get("caller", callers[0]) in callers,
    }
    return [f"the {what} is {entry.get(what)}" for what, is_right in right.items() if not is_right]


def _is_class(noted: str, scenario: Scenario) -> bool:
    """A class may be noted by its name or by its teacher."""
    said = noted.replace(".", "").replace(" ", "")
    teacher = scenario.teacher.replace(".", "").replace(" ", "").lower()
    return said in (
        teacher,
        *(f"{kind}{scenario.class_name.lower()}" for kind in ("", "class", "grade")),
    )
