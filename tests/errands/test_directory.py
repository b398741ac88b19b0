"""Planning finds a number in a directory: the real adapter, or one that a test sets."""

from dataclasses import dataclass, field, replace

import pytest
from pydantic import SecretStr

from floyd.errands.directory import town_of
from floyd.errors import DirectoryError
from floyd.services.directory.google_places import GooglePlaces
from floyd.services.directory.protocol import Listing
from floyd.store.models import Contact, Errand, Fact, User
from tests.errands.desk import Desk, ScriptedThinker
from tests.errands.test_calls_back import end_in_need
from tests.errands.test_planning import callee, plan
from tests.errands.test_understanding import says, wish
from tests.sandbox.places_world import KEY, running_places

REQUEST = "Can you order Krista some flowers?"
BLOOM = Listing(
    "Bloom & Vine", "+15195550171", "12 Wyndham St, Guelph, ON", "google-places:a", None
)
PETAL = Listing("Petal Place", "+15195550172", "3 Quebec St, Guelph, ON", "google-places:b", None)
PEONY = Listing("Peony", "+15195550173", "3 Quebec St, Guelph, ON", "google-places:c", None)


@dataclass
class Listed:
    """A directory that knows what it is told, and how often it was asked."""

    listings: list[Listing] = field(default_factory=list)
    searches: list[tuple[str, str | None]] = field(default_factory=list)
    fails: bool = False

    def find(self, name_or_kind: str, near: str | None) -> list[Listing]:
        self.searches.append((name_or_kind, near))
        if self.fails:
            raise DirectoryError("down", retryable=True)
        return self.listings


@pytest.fixture
def directory(scripted_desk: Desk) -> Listed:
    listed = Listed()
    scripted_desk.services = replace(scripted_desk.services, directory=listed)
    return listed


def flowers(search: str = "florist", **changes: object) -> object:
    return plan(callee=callee(search=search) | {"name": "a florist"}, **changes)


def ask(desk: Desk, thinker: ScriptedThinker, *plans: object, text: str = REQUEST) -> Errand:
    thinker.answers = [says(wish("new_errand", text)), *plans]
    desk.text(text)
    return desk.errand


def answer(desk: Desk, thinker: ScriptedThinker, text: str, *plans: object) -> Errand:
    thinker.answers = [says(wish("answer", text, desk.errand.id)), *plans]
    desk.text(text)
    return desk.errand


def test_the_only_place_found_is_called_and_remembered_with_its_source(
    scripted_desk: Desk, thinker: ScriptedThinker, directory: Listed
) -> None:
    directory.listings = [BLOOM, replace(BLOOM, source="google-places:twin")]
    errand = ask(scripted_desk, thinker, flowers())

    assert scripted_desk.dialled == [BLOOM.phone]
    assert scripted_desk.replies == ["Calling Bloom & Vine now."]
    contact = Contact.get(Contact.phone == BLOOM.phone)
    assert (contact.name, contact.source) == ("Bloom & Vine", "google-places:a")
    assert "florist" in contact.about
    assert errand.plan["callee"]["contact_id"] == contact.id


def test_a_contact_is_called_without_a_look_up(
    scripted_desk: Desk, thinker: ScriptedThinker, directory: Listed
) -> None:
    ask(scripted_desk, thinker, plan(callee=callee(contact_id=1, search="school")))

    assert scripted_desk.dialled == [scripted_desk.sandbox.school_phone]
    assert directory.searches == []


def test_the_users_town_and_no_street_is_looked_near(
    scripted_desk: Desk, thinker: ScriptedThinker, directory: Listed
) -> None:
    Fact.create(
        user=scripted_desk.user,
        subject="Anna's address",
        value="12 Suffolk St, Guelph",
        source="operator",
        created_at=0.0,
    )
    ask(scripted_desk, thinker, flowers())
    assert directory.searches == [("florist", "Guelph")]


@pytest.mark.parametrize(
    ("reply", "picked"), [("2", PETAL), ("The second", PETAL), ("Bloom & Vine please", BLOOM)]
)
def test_of_several_places_the_user_picks_one(
    scripted_desk: Desk,
    thinker: ScriptedThinker,
    directory: Listed,
    reply: str,
    picked: Listing,
) -> None:
    directory.listings = [BLOOM, PETAL]
    ask(scripted_desk, thinker, flowers(questions=["What is the budget?"]))
    assert scripted_desk.replies == [
        "I found more than one for florist. Which one? 1) Bloom & Vine, 12 Wyndham St, Guelph "
        "2) Petal Place, 3 Quebec St, Guelph"
    ]
    assert scripted_desk.dialled == []

    answer(scripted_desk, thinker, reply, flowers())
    assert scripted_desk.dialled == [picked.phone]
    assert [contact.name for contact in Contact.select().order_by(Contact.id)][1:] == [picked.name]
    assert len(directory.searches) == 1


def test_a_pick_that_only_the_plan_understands_counts(
    scripted_desk: Desk, thinker: ScriptedThinker, directory: Listed
) -> None:
    directory.listings = [BLOOM, PETAL]
    ask(scripted_desk, thinker, flowers())
    meant = plan(callee=callee(search="florist") | {"name": "Petal Place"})
    answer(scripted_desk, thinker, "the one that my mother likes", meant)

    assert scripted_desk.dialled == [PETAL.phone]


def test_who_wants_none_of_them_is_asked_for_a_number(
    scripted_desk: Desk, thinker: ScriptedThinker, directory: Listed
) -> None:
    directory.listings = [BLOOM, PETAL]
    ask(scripted_desk, thinker, flowers())
    answer(scripted_desk, thinker, "none of those", flowers())
    assert scripted_desk.replies[-1].endswith("Whom should I call, and at what number?")

    answer(scripted_desk, thinker, "519.555.0188", plan(callee=callee(phone="(519) 555-0188")))
    assert scripted_desk.dialled == ["+15195550188"]


def test_a_place_of_exactly_that_name_needs_no_question(
    scripted_desk: Desk, thinker: ScriptedThinker, directory: Listed
) -> None:
    directory.listings = [BLOOM, PETAL]
    ask(scripted_desk, thinker, flowers("petal place"))
    assert scripted_desk.dialled == [PETAL.phone]


@pytest.mark.parametrize("fails", [True, False])
def test_without_a_listing_the_user_is_asked(
    scripted_desk: Desk, thinker: ScriptedThinker, directory: Listed, fails: bool
) -> None:
    directory.fails = fails
    errand = ask(scripted_desk, thinker, flowers())

    assert errand.state == "waiting_for_user"
    assert scripted_desk.replies == [
        "I found no number for florist. Whom should I call, and at what number?"
    ]


def test_a_number_that_a_plan_invents_is_not_dialled_whatever_is_listed(
    scripted_desk: Desk, thinker: ScriptedThinker, directory: Listed
) -> None:
    directory.listings = [BLOOM]
    invented = plan(callee=callee(phone="+15195550179", search="florist"))
    ask(scripted_desk, thinker, invented)
    assert scripted_desk.dialled == [BLOOM.phone]


def test_a_listed_number_passes_the_gates_like_any_other(
    scripted_desk: Desk, thinker: ScriptedThinker, directory: Listed
) -> None:
    directory.listings = [replace(BLOOM, phone="+19005550171")]
    errand = ask(scripted_desk, thinker, flowers())
    assert (errand.state, scripted_desk.dialled) == ("failed", [])


def test_a_call_back_goes_to_the_same_place_without_another_look_up(
    scripted_desk: Desk, thinker: ScriptedThinker, directory: Listed
) -> None:
    directory.listings = [BLOOM]
    ask(scripted_desk, thinker, flowers())
    end_in_need(scripted_desk, thinker)
    directory.listings = [PEONY]
    answer(scripted_desk, thinker, "up to $80", flowers())

    assert scripted_desk.dialled == [BLOOM.phone] * 2
    assert len(directory.searches) == 1


def test_the_real_directory_finds_the_only_plumber(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    with running_places() as places:
        settings = scripted_desk.services.settings.model_copy(
            update={"google_places_url": places.url, "google_places_api_key": SecretStr(KEY)}
        )
        google = GooglePlaces(settings, scripted_desk.clock)
        scripted_desk.services = replace(scripted_desk.services, directory=google)
        ask(scripted_desk, thinker, flowers("plumber"), text="Call a plumber")

    assert scripted_desk.dialled == ["+15195550194"]


@pytest.mark.parametrize(
    ("subject", "value", "source", "town"),
    [
        ("town", "Guelph", "text:1", "Guelph"),
        ("Anna Berg", "I live in Guelph", "text:1", "Guelph"),
        ("Anna's address", "12 Suffolk St, Guelph, ON", "text:1", "Guelph, ON"),
        ("Krista's address", "1 Main St, Ottawa", "text:1", None),
        ("Maple School: address", "40 Metcalfe St, Guelph", "call:a", None),
        ("Mara's class", "3B", "operator", None),
    ],
)
def test_a_town_is_the_users_own(
    user: User, subject: str, value: str, source: str, town: str | None
) -> None:
    user.name = "Anna Berg"
    assert town_of([Fact(user=user, subject=subject, value=value, source=source)]) == town
