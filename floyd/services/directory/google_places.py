"""Google's Places API, Text Search (New): what is looked for in, places that can be phoned out.

Reference: developers.google.com/maps/documentation/places/web-service/text-search
"""

import unicodedata

import httpx2
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from floyd.clock import Clock
from floyd.errors import DirectoryError
from floyd.phone_numbers import to_e164
from floyd.services.directory.protocol import Listing
from floyd.services.timeouts import patience
from floyd.settings import Settings

_ANSWER_S = 10
_MOST_LISTINGS = 5
# Closed places and those without a number are dropped after the search, so ask for more.
_PAGE_SIZE = 15
# Without a mask the API refuses; the dearest field sets the price, and the phone is the dearest.
_FIELD_MASK = ",".join(
    f"places.{field}"
    for field in (
        "id",
        "displayName.text",
        "formattedAddress",
        "internationalPhoneNumber",
        "regularOpeningHours.weekdayDescriptions",
        "businessStatus",
    )
)
_OK = 200
_TOO_MANY_REQUESTS = 429


class _Json(BaseModel):
    """Google leaves out what it does not know: everything has a default. Errors quote nothing."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True, hide_input_in_errors=True)


class _Text(_Json):
    text: str = ""


class _Hours(_Json):
    weekday_descriptions: tuple[str, ...] = ()


class _Place(_Json):
    id: str
    display_name: _Text = _Text()
    formatted_address: str = ""
    international_phone_number: str = ""
    regular_opening_hours: _Hours = _Hours()
    business_status: str = ""


class _Found(_Json):
    places: tuple[_Place, ...] = ()


class _Detail(_Json):
    reason: str = ""


class _Error(_Json):
    status: str = ""
    details: tuple[_Detail, ...] = ()


class _Refusal(_Json):
    error: _Error = _Error()


class GooglePlaces:
    """Implements Directory; every search is one request with a connection of its own."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._url = f"{settings.google_places_url}/v1/places:searchText"
        self._headers = {
            "X-Goog-Api-Key": settings.google_places_api_key.get_secret_value(),
            "X-Goog-FieldMask": _FIELD_MASK,
        }
        self._timeout_s = patience(clock, _ANSWER_S)

    def find(self, name_or_kind: str, near: str | None) -> list[Listing]:
        """See Directory.find."""
        order: dict[str, object] = {
            "textQuery": f"{name_or_kind} near {near}" if near else name_or_kind,
            "pageSize": _PAGE_SIZE,
            "languageCode": "en",
            # Else plumbers and others without a shop are left out.
            "includePureServiceAreaBusinesses": True,
        }
        listings = [_listing(place) for place in self._search(order).places]
        return [listing for listing in listings if listing is not None][:_MOST_LISTINGS]

    def _search(self, order: dict[str, object]) -> _Found:
        try:
            response = httpx2.post(
                self._url, json=order, headers=self._headers, timeout=self._timeout_s
            )
            if response.status_code == _OK:
                return _Found.model_validate_json(response.content)
        except (httpx2.HTTPError, ValueError) as error:
            raise DirectoryError(
                f"could not look up a place: {type(error).__name__}", retryable=True
            ) from error
        raise _refused(response)


def _listing(place: _Place) -> Listing | None:
    """Return a place as a listing, or None when nobody there would pick up."""
    phone = to_e164(place.international_phone_number)
    name = _plain(place.display_name.text)
    if place.business_status != "OPERATIONAL" or phone is None or not name:
        return None
    hours = "; ".join(_plain(day) for day in place.regular_opening_hours.weekday_descriptions)
    return Listing(
        name=name,
        phone=phone,
        address=_plain(place.formatted_address),
        source=f"google-places:{place.id}",
        opening_hours=hours or None,
    )


def _plain(text: str) -> str:
    """Return a text with ordinary spaces and dashes: Google sets its hours as printers do."""
    return unicodedata.normalize("NFKC", text).replace("\N{EN DASH}", "-").strip()


def _refused(response: httpx2.Response) -> DirectoryError:
    """Return Google's refusal as our error; its words may repeat what was looked for."""
    code = response.status_code
    try:
        error = _Refusal.model_validate_json(response.content).error
    except ValueError:
        error = _Error()
    reasons = (error.status, *(detail.reason for detail in error.details))
    said = " ".join(reason for reason in reasons if reason)
    return DirectoryError(
        f"could not look up a place: {code} {said}".rstrip(),
        retryable=code >= 500 or code == _TOO_MANY_REQUESTS,
    )
