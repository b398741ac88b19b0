"""What the API insists on: headers and a body in, the order that they add up to out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.places import errors
from floyd.sandbox.places.mask import Mask

MOST_PLACES = 20
_STRING, _INT, _BOOL = (str, "TYPE_STRING"), (int, "TYPE_INT32"), (bool, "TYPE_BOOL")
# Of the real request's fields, those that the stand-in knows; the others it refuses as unknown.
_FIELDS: dict[str, tuple[type, str]] = {
    "textQuery": _STRING,
    "languageCode": _STRING,
    "regionCode": _STRING,
    "pageSize": _INT,
    "includePureServiceAreaBusinesses": _BOOL,
}


@dataclass(frozen=True)
class Order:
    """A search as it was ordered."""

    text: str
    most: int
    with_service_areas: bool
    mask: Mask


def check_key(headers: Mapping[str, str], key: str) -> None:
    """Compare the key.

    Raises:
        ApiError: there is none, or it is another one.
    """
    given = headers.get("X-Goog-Api-Key", "")
    if not given:
        raise errors.missing_key()
    if given != key:
        raise errors.wrong_key()


def checked(headers: Mapping[str, str], body: str) -> Order:
    """Read a search.

    Raises:
        ApiError: something is missing, unknown or of the wrong type.
    """
    content = _parsed(body)
    mask = Mask.parse(headers.get("X-Goog-FieldMask", ""))
    text = content.get("textQuery", "")
    if not text.strip():
        raise errors.ApiError("Empty text_query.\n")
    size = content.get("pageSize", 0)
    if size < 0:
        raise errors.ApiError("page_size must not be negative.")
    return Order(
        text=text,
        most=min(size or MOST_PLACES, MOST_PLACES),
        with_service_areas=content.get("includePureServiceAreaBusinesses", False),
        mask=mask,
    )


def _parsed(body: str) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        raise errors.bad_payload("Unexpected token.") from None
    if not isinstance(content, dict):
        raise errors.bad_payload("Unknown name: Root element must be a message.")
    for name, value in content.items():
        if name not in _FIELDS:
            raise errors.bad_payload(f'Unknown name "{name}": Cannot find field.')
        kind, kind_name = _FIELDS[name]
        if type(value) is not kind:
            raise errors.wrong_type(name, kind_name, value)
    return content
