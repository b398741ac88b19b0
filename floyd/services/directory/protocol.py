"""What Floyd asks of a directory of places."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Listing:
    """A place that can be phoned.

    Attributes:
        phone: E.164.
        address: as people write it; empty for businesses that only come to their customers.
        source: where it was found, e.g. `google-places:ChIJj61dQgK6j4AR4GeTYWZsKWw`.
        opening_hours: the usual week, "Monday: 9:00 AM - 5:00 PM; Tuesday: Closed; ...", in the
            place's own time; None when they are not known.
    """

    name: str
    phone: str
    address: str
    source: str
    opening_hours: str | None


class Directory(Protocol):
    """Looks up places; used by jobs, may take seconds."""

    def find(self, name_or_kind: str, near: str | None) -> list[Listing]:
        """Return the places that fit best, the best first; empty when none is known.

        Args:
            name_or_kind: "Brock Road Garage", "florist".
            near: a town or an address; without one the service guesses where we are.

        Raises:
            DirectoryError: the service failed or refused.
        """
        ...


class NoDirectory:
    """A directory that knows nobody: what there is without a key."""

    def find(self, name_or_kind: str, near: str | None) -> list[Listing]:
        """Return nothing."""
        return []
