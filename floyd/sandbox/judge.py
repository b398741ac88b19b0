"""The judge of a story: order books in, what is wrong with them out."""

from typing import Any

from floyd.sandbox.scenario import Scenario

Books = dict[str, list[dict[str, Any]]]


def problems(scenario: Scenario, books: Books) -> list[str]:
    """What differs from the one right entry, an absence of the right child; empty if nothing."""
    absences = books.get("absences", [])
    if len(absences) != 1:
        return [f"{len(absences)} absences were noted, not one"]
    entry = absences[0]
    found = []
    if entry.get("child") != scenario.child:
        found.append(f"the absence is {entry.get('child')}'s, not {scenario.child}'s")
    if not _same_class(str(entry.get("class", "")), scenario):
        found.append(f"the class is {entry.get('class')}, not {scenario.class_name}")
    if not entry.get("reason"):
        found.append("no reason was noted")
    return found


def _same_class(noted: str, scenario: Scenario) -> bool:
    """A class may be noted by its name or by its teacher."""
    said = noted.replace(".", "").replace(" ", "").lower()
    teacher = scenario.teacher.replace(".", "").replace(" ", "").lower()
    return said in (
        teacher,
        *(f"{kind}{scenario.class_name.lower()}" for kind in ("", "class", "grade")),
    )
