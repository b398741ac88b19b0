"""Google Places' stand-in, on the wire."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from floyd.sandbox.places.listings import Place, read_places, search
from floyd.sandbox.scenario import Scenario
from tests.sandbox.places_world import KEY, Places, running_places

PATH = "/v1/places:searchText"
BODY = {"textQuery": "dentist in Guelph"}
HEADERS = {"X-Goog-Api-Key": KEY, "X-Goog-FieldMask": "places.displayName.text"}


@pytest.fixture
def places() -> Iterator[Places]:
    with running_places() as running:
        yield running


def post(places: Places, body: Any = BODY, **headers: str | None) -> httpx2.Response:
    """Search, with headers changed or, by None, left out; `_` stands for `-`."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in (HEADERS | changed).items() if value is not None}
    if isinstance(body, str):
        return httpx2.post(places.url + PATH, content=body, headers=kept, timeout=5)
    return httpx2.post(places.url + PATH, json=body, headers=kept, timeout=5)


def error_of(response: httpx2.Response) -> dict[str, Any]:
    error: dict[str, Any] = response.json()["error"]
    assert error["code"] == response.status_code
    return error


def names(response: httpx2.Response) -> list[str]:
    return [place["displayName"]["text"] for place in response.json()["places"]]


def test_only_the_fields_of_the_mask_are_told(places: Places) -> None:
    [first, *_] = post(places).json()["places"]
    assert first == {"displayName": {"text": "Quebec Street Dental"}}
    everything = post(places, X_Goog_FieldMask="*").json()["places"]
    assert {"id", "types", "formattedAddress", "businessStatus"} <= everything[0].keys()


def test_what_google_does_not_know_is_left_out(places: Places) -> None:
    mask = "places.internationalPhoneNumber,places.regularOpeningHours"
    answers = post(places, X_Goog_FieldMask=mask).json()["places"]
    assert [sorted(answer) for answer in answers] == [
        ["internationalPhoneNumber", "regularOpeningHours"],
        ["internationalPhoneNumber"],
        ["internationalPhoneNumber"],
        [],
    ]


def test_hours_are_set_as_google_sets_them(places: Places) -> None:
    mask = "places.regularOpeningHours.weekdayDescriptions"
    [first, *_] = post(places, X_Goog_FieldMask=mask).json()["places"]
    [monday, tuesday, *_] = first["regularOpeningHours"]["weekdayDescriptions"]
    assert monday == "Monday: 9:00\u202fAM\u2009\u2013\u20095:00\u202fPM"
    assert tuesday == "Tuesday: Closed"


def test_nothing_found_is_an_empty_object(places: Places) -> None:
    response = post(places, {"textQuery": "submarine dealer"})
    assert (response.status_code, response.json()) == (200, {})


def test_a_page_is_as_long_as_was_asked(places: Places) -> None:
    assert len(names(post(places, BODY | {"pageSize": 1}))) == 1
    assert len(names(post(places, BODY | {"pageSize": 1000}))) == 4


def test_businesses_without_a_shop_must_be_asked_for(places: Places) -> None:
    plumber = {"textQuery": "plumber near Guelph"}
    assert post(places, plumber).json() == {}
    asked = plumber | {"includePureServiceAreaBusinesses": True}
    assert names(post(places, asked)) == ["Dry Feet Plumbing"]


def test_a_search_without_a_key_is_forbidden(places: Places) -> None:
    response = post(places, X_Goog_Api_Key=None)
    assert response.status_code == 403
    assert error_of(response)["status"] == "PERMISSION_DENIED"


def test_a_wrong_key_is_an_invalid_argument(places: Places) -> None:
    error = error_of(post(places, X_Goog_Api_Key="AIza-other"))
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["details"][0]["reason"] == "API_KEY_INVALID"


def test_a_search_without_a_mask_is_refused(places: Places) -> None:
    error = error_of(post(places, X_Goog_FieldMask=None))
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["message"].startswith("FieldMask is a required parameter")


@pytest.mark.parametrize(
    "path", ["places.phone", "id", "places.id.text", " places.id", "", "places.displayName."]
)
def test_a_mask_names_only_fields_that_there_are(places: Places, path: str) -> None:
    error = error_of(post(places, X_Goog_FieldMask=f"places.id,{path},nextPageToken"))
    assert error["status"] == "INVALID_ARGUMENT"
    [violation] = error["details"][0]["fieldViolations"]
    assert violation["description"].endswith(f"Cannot find matching fields for path '{path}'.")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Empty text_query"),
        ({"textQuery": "  "}, "Empty text_query"),
        (BODY | {"query": "dentist"}, 'Unknown name "query": Cannot find field.'),
        ({"textQuery": 7}, "Invalid value at 'textQuery' (TYPE_STRING)"),
        (BODY | {"pageSize": "5"}, "Invalid value at 'pageSize' (TYPE_INT32)"),
        (BODY | {"pageSize": True}, "Invalid value at 'pageSize' (TYPE_INT32)"),
        (BODY | {"pageSize": -1}, "page_size must not be negative"),
        ("{", "Invalid JSON payload received"),
        ([BODY], "Invalid JSON payload received"),
    ],
)
def test_a_body_must_be_the_requests_message(places: Places, body: Any, message: str) -> None:
    error = error_of(post(places, body))
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert message in error["message"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", PATH), ("PUT", PATH), ("POST", "/v1/places:search")]
)
def test_another_path_or_method_gets_a_page(places: Places, method: str, path: str) -> None:
    response = httpx2.request(method, places.url + path, headers=HEADERS)
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("text/html")


def test_faults_happen_as_often_as_they_are_asked_for(places: Places) -> None:
    places.conditions.fail_next = [429, 503]
    statuses = [error_of(post(places))["status"] for _ in range(2)]
    assert statuses == ["RESOURCE_EXHAUSTED", "UNAVAILABLE"]
    places.conditions.malformed_next = 1
    with pytest.raises(ValueError, match="line 1"):
        post(places).json()
    assert post(places).status_code == 200


def test_refusals_are_written_down(places: Places) -> None:
    post(places, X_Goog_FieldMask=None)
    [record] = places.records.of("places.refused")
    assert record.fields["status"] == "INVALID_ARGUMENT"


@pytest.mark.parametrize(
    "text", ["Brock Road Garage", "garage near Guelph", "the GARAGE, Brock road", "car repair"]
)
def test_a_place_is_found_by_its_name_kind_and_town(text: str) -> None:
    garage = Place("Brock Road Garage", ("garage", "car repair"), "Guelph, ON", "1 Brock Rd")
    assert search([garage], text, with_service_areas=False) == [garage]


@pytest.mark.parametrize("text", ["garage in Toronto", "Brock Road Bakery", "in the", "?"])
def test_a_place_is_not_found_by_words_that_are_not_its_own(text: str) -> None:
    garage = Place("Brock Road Garage", ("garage", "car repair"), "Guelph, ON", "1 Brock Rd")
    assert search([garage], text, with_service_areas=False) == []


@pytest.mark.parametrize("seed", range(5))
def test_every_story_has_its_school_listed(seed: int) -> None:
    scenario = Scenario.from_seed(seed)
    [school, *_] = read_places(scenario.words())
    assert (school.name, school.phone) == (scenario.school, scenario.school_phone)
