"""What a person has to offer, e.g. a bouquet at a price or a free hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.people.templates import fill


@dataclass(frozen=True)
class Offer:
    """One thing on offer.

    Attributes:
        says: ways to offer it.
        values: what is noted once it is taken, by name.
        price: in dollars; None where it costs nothing.
    """

    says: tuple[str, ...]
    values: Mapping[str, str]
    price: int | None = None

    @classmethod
    def from_toml(cls, table: dict[str, Any], words: Mapping[str, str]) -> "Offer":
        """Read an offer with the facts of a story filled in."""
        return cls(
            says=tuple(fill(line, words) for line in table["says"]),
            values={name: fill(value, words) for name, value in table["values"].items()},
            price=int(fill(table["price"], words)) if "price" in table else None,
        )

    def fits(self, limit: str | None) -> bool:
        """Whether it costs no more than the limit that was heard, if one was."""
        return self.price is None or limit is None or self.price <= int(limit.replace(",", ""))


def still_open(
    offers: Sequence[Offer], declined: Sequence[Offer], limit: str | None
) -> list[Offer]:
    """The offers that have not been declined and that a limit allows, in their order."""
    return [offer for offer in offers if offer not in declined and offer.fits(limit)]
