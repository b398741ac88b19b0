"""Stories told by phone: everybody whom they need is there, and the judge knows their end."""

from collections.abc import Iterator

import pytest

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.judge import problems
from floyd.sandbox.people import build_phone, who_answers_then
from floyd.sandbox.people.order_books import OrderBooks
from floyd.sandbox.people.phones import Household
from floyd.sandbox.records import Records
from floyd.sandbox.scenario import STORIES, VOICE_STORIES, Scenario
from floyd.sandbox.sound import Voices
from floyd.sandbox.stories import story_of

SEEDS = range(4)


@pytest.fixture
def household() -> Iterator[Household]:
    clock, voices = SandboxClock(), Voices()
    yield Household(clock, voices, OrderBooks(clock, Records(clock)), 0)
    voices.close()


@pytest.mark.parametrize("name", VOICE_STORIES)
@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_has_a_part_in_a_story_is_there(name: str, seed: int, household: Household) -> None:
    scenario = Scenario.from_seed(seed, name)
    story = story_of(scenario)
    callers = [step.caller for step in story.steps] + [reply.caller for reply in story.replies]
    machines = [person for _, person in story.phones]
    for person in filter(None, callers):
        assert not build_phone(person, household, scenario, calls=True).is_machine
    assert all(build_phone(person, household, scenario).is_machine for person in machines)


@pytest.mark.parametrize("name", [*STORIES, *VOICE_STORIES])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_step_is_either_a_text_or_a_call(name: str, seed: int) -> None:
    story = story_of(Scenario.from_seed(seed, name))
    assert story.steps
    assert all(bool(step.text) is not bool(step.caller) for step in story.steps)
    has_a_caller = any(step.caller for step in story.steps)
    assert has_a_caller is (name in VOICE_STORIES)


@pytest.mark.parametrize("name", VOICE_STORIES)
def test_a_story_by_phone_has_the_people_of_the_one_by_text(name: str) -> None:
    told = Scenario.from_seed(3, name)
    assert told.errand in STORIES
    written = Scenario.from_seed(3, told.errand)
    assert (told.user, told.child, told.friend) == (written.user, written.child, written.friend)
    assert told.request == written.request


def test_both_the_school_and_the_florist_call_back() -> None:
    stories = [story_of(Scenario.from_seed(seed, "voice_return")) for seed in (0, 1)]
    assert [story.steps[-1].caller for story in stories] == ["caller_secretary", "caller_florist"]
    for story in stories:
        assert story.steps[-1].phone == story.phone
        assert story.phones[0][0] == story.phone


@pytest.mark.parametrize(
    ("person", "then"),
    [
        ("caller_florist", "florist"),
        ("caller_secretary", "school_secretary"),
        ("caller_school", None),
    ],
)
def test_whoever_calls_back_can_be_called_again(person: str, then: str | None) -> None:
    assert who_answers_then(person) == then


def test_a_message_on_a_machine_is_part_of_the_story_of_a_call_back() -> None:
    scenario = Scenario.from_seed(0, "voice_return")
    noted = {"child": scenario.child, "class": "3B", "reason": "sick", "day": "today"}
    books = {"absences": [noted], "voicemails": [{"message": "Mara is sick."}]}
    assert problems(scenario, books) == []
    assert problems(Scenario.from_seed(0), books) == ["something is in the book voicemails"]


def test_the_user_phones_an_answer_where_the_story_has_it() -> None:
    story = story_of(Scenario.from_seed(0, "voice_flowers"))
    reply = story.reply_to("How much may it cost?")
    assert reply is not None
    assert reply.caller == "caller_answer"
    assert story.reply_to("I called Royal City Flowers.") is None
    assert story.reply_to("You asked me by phone: How much may it cost? I'm on it.") is None


@pytest.mark.parametrize("name", ["callers", "nobody"])
def test_who_is_no_person_cannot_call(name: str, household: Household) -> None:
    with pytest.raises(ValueError, match=r"unknown kind|nobody is called"):
        build_phone(name, household, Scenario.from_seed(0))
