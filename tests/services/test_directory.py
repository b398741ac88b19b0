"""The directory, through the real adapter to Google Places' stand-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from floyd.errors import DirectoryError
from floyd.sandbox.places.listings import Place
from floyd.services import build
from floyd.services.directory.google_places import GooglePlaces
from floyd.services.directory.protocol import Directory, Listing, NoDirectory
from floyd.settings import Settings, load
from tests.conftest import free_port
from tests.sandbox.places_world import KEY, Places, running_places
from tests.sandbox.running import Sandbox

SECRET_QUERY = "clinic for a secret illness"


@pytest.fixture
def places() -> Iterator[Places]:
    with running_places() as running:
        yield running


def directory_at(settings: Settings, url: str, key: str = KEY) -> Directory:
    """What is built from settings that lead there."""
    changes = {
        "google_places_url": url,
        "google_places_api_key": SecretStr(key),
        "floyd_time_scale": 20,
    }
    return build.directory(settings.model_copy(update=changes))


@pytest.fixture
def directory(settings: Settings, places: Places) -> Directory:
    return directory_at(settings, places.url)


def failure_of(directory: Directory) -> DirectoryError:
    with pytest.raises(DirectoryError) as failed:
        directory.find(SECRET_QUERY, None)
    assert SECRET_QUERY not in str(failed.value)
    return failed.value


def test_a_place_is_found_by_its_name(directory: Directory, places: Places) -> None:
    [listing] = directory.find("Quebec Street Dental", "Guelph")
    hours = listing.opening_hours or ""
    assert listing == Listing(
        name="Quebec Street Dental",
        phone="+15195550191",
        address="9 Quebec St, Guelph, ON, Canada",
        source=listing.source,
        opening_hours=hours,
    )
    assert listing.source.startswith("google-places:ChIJ")
    assert hours.startswith("Monday: 9:00 AM - 5:00 PM; Tuesday: Closed; ")
    assert places.searches == ["Quebec Street Dental near Guelph"]


def test_only_places_where_somebody_may_pick_up_are_listed(directory: Directory) -> None:
    found = directory.find("dentist", "Guelph")
    assert [listing.name for listing in found] == ["Quebec Street Dental", "Speedvale Dental"]
    assert found[1].opening_hours is None


def test_businesses_without_a_shop_are_listed(directory: Directory) -> None:
    [plumber] = directory.find("plumber", "Guelph")
    assert (plumber.name, plumber.address) == ("Dry Feet Plumbing", "")


def test_the_same_place_has_the_same_source(directory: Directory) -> None:
    by_name, by_kind = (directory.find(text, None)[0] for text in ("Speedvale Dental", "dentist"))
    assert by_name.source != by_kind.source
    assert by_name == directory.find("Speedvale Dental", "Guelph")[0]


def test_no_place_is_no_error(directory: Directory) -> None:
    assert directory.find("submarine dealer", "Guelph") == []


def test_at_most_five_are_listed_the_best_first(settings: Settings) -> None:
    shops = tuple(
        Place(f"Shop {n}", ("shop",), "Guelph", f"{n} Main St", f"+1519555019{n}") for n in range(8)
    )
    with running_places(shops) as places:
        found = directory_at(settings, places.url).find("shop", None)
    assert [listing.name for listing in found] == [f"Shop {n}" for n in range(5)]


def test_a_number_that_is_none_is_not_listed(settings: Settings) -> None:
    shop = Place("Shop", ("shop",), "Guelph", "1 Main St", phone="+19995550100")
    with running_places((shop,)) as places:
        assert directory_at(settings, places.url).find("shop", None) == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failure_that_passes_may_be_tried_again(
    directory: Directory, places: Places, status: int
) -> None:
    places.conditions.fail_next = [status]
    error = failure_of(directory)
    assert error.retryable
    assert str(status) in str(error)


def test_a_search_is_not_repeated_by_itself(directory: Directory, places: Places) -> None:
    places.conditions.fail_next = [503]
    failure_of(directory)
    assert directory.find("dentist", "Guelph")
    assert len(places.searches) == 1


def test_a_wrong_key_is_named_and_final(settings: Settings, places: Places) -> None:
    error = failure_of(directory_at(settings, places.url, key="AIza-other"))
    assert not error.retryable
    assert "400 INVALID_ARGUMENT API_KEY_INVALID" in str(error)
    assert "AIza" not in str(error)


def test_an_empty_search_is_refused(directory: Directory) -> None:
    with pytest.raises(DirectoryError, match="400 INVALID_ARGUMENT") as failed:
        directory.find("", None)
    assert not failed.value.retryable


def test_half_an_answer_is_no_answer(settings: Settings, places: Places) -> None:
    places.conditions.malformed_next = 1
    error = failure_of(directory_at(settings, places.url))
    assert error.retryable


def test_a_page_instead_of_an_error_is_an_error(settings: Settings, places: Places) -> None:
    error = failure_of(directory_at(settings, f"{places.url}/elsewhere"))
    assert (error.retryable, str(error)) == (False, "could not look up a place: 404")


def test_nobody_there_may_be_tried_again(settings: Settings) -> None:
    assert failure_of(directory_at(settings, f"http://127.0.0.1:{free_port()}")).retryable


def test_a_search_that_is_never_answered_ends(settings: Settings, places: Places) -> None:
    places.conditions.hang_next = 1
    error = failure_of(directory_at(settings, places.url))
    assert error.retryable
    assert "Timeout" in str(error)


def test_the_worlds_environment_leads_to_its_places(settings: Settings, sandbox: Sandbox) -> None:
    url, key = (sandbox.environment[f"GOOGLE_PLACES_{part}"] for part in ("URL", "API_KEY"))
    scenario = sandbox.world.scenario
    [school] = directory_at(settings, url, key).find(scenario.school, "Guelph")
    assert school.phone == scenario.school_phone


def test_without_a_key_nobody_is_known(settings: Settings) -> None:
    directory = build.directory(settings)
    assert isinstance(directory, NoDirectory)
    assert directory.find("dentist", "Guelph") == []


def test_the_key_may_lie_in_a_file(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n", encoding="utf-8")
    environ = {
        "FLOYD_PUBLIC_URL": settings.floyd_public_url,
        "FLOYD_SECRET_KEY": "secret",
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_PHONE_NUMBER": settings.twilio_phone_number,
        "OPENAI_API_KEY": "key",
        "GOOGLE_PLACES_API_KEY_FILE": str(tmp_path / "key"),
    }
    assert isinstance(build.directory(load(environ)), GooglePlaces)


def test_jobs_have_the_directory(settings: Settings) -> None:
    keyed = settings.model_copy(update={"google_places_api_key": SecretStr(KEY)})
    services = build.for_jobs(keyed)
    assert isinstance(services.directory, GooglePlaces)
    services.redis.close()
