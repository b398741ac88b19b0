"""Field masks: paths in, just those fields of an answer out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from floyd.sandbox.places import errors

_Tree = dict[str, Any]

# What a search's answer may hold; an empty one may not be looked into any further.
_ANSWER: _Tree = {
    "places": {
        "id": {},
        "name": {},
        "types": {},
        "displayName": {"text": {}, "languageCode": {}},
        "formattedAddress": {},
        "nationalPhoneNumber": {},
        "internationalPhoneNumber": {},
        "businessStatus": {},
        "pureServiceAreaBusiness": {},
        "regularOpeningHours": {"weekdayDescriptions": {}},
    },
    "nextPageToken": {},
}


@dataclass(frozen=True)
class Mask:
    """The fields that are wanted."""

    paths: tuple[tuple[str, ...], ...]

    @classmethod
    def parse(cls, written: str) -> Mask:
        """Read a header: paths between commas, without spaces; `*` for everything.

        Raises:
            ApiError: it is empty, or names a field that there is not.
        """
        if not written:
            raise errors.missing_mask()
        if written == "*":
            return cls(tuple((name,) for name in _ANSWER))
        for path in written.split(","):
            _check(written, path)
        return cls(tuple(tuple(path.split(".")) for path in written.split(",")))

    def apply(self, answer: _Tree) -> _Tree:
        """Keep only what is wanted; what is missing stays so."""
        kept: _Tree = _kept(answer, self.paths)
        return kept


def _check(mask: str, path: str) -> None:
    tree = _ANSWER
    for name in path.split("."):
        if name not in tree:
            raise errors.unknown_path(mask, path)
        tree = tree[name]


def _kept(value: Any, paths: tuple[tuple[str, ...], ...]) -> Any:
    if () in paths:
        return value
    if isinstance(value, list):
        return [_kept(each, paths) for each in value]
    return {
        name: _kept(part, tuple(path[1:] for path in paths if path[0] == name))
        for name, part in value.items()
        if any(path[0] == name for path in paths)
    }
