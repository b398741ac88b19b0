"""What the florist and the garage make of a yes, a no and a limit, and the judge of their books."""

import random
from dataclasses import replace

import pytest

from floyd.sandbox.judge import problems
from floyd.sandbox.people.conversation import Conversation
from floyd.sandbox.people.mind import Reply
from floyd.sandbox.people.person import Person, read_file
from floyd.sandbox.scenario import STORIES, VOICE_STORIES, Scenario
from floyd.sandbox.stories import story_of

FLOWERS = Scenario.from_seed(0, "flowers")
OIL_CHANGE = Scenario.from_seed(0, "oil_change")
ORDER = {
    "what": "roses",
    "price": "$72",
    "budget": "80",
    "address": "12 Suffolk St Guelph",
    "recipient": "Krista",
}
BOOKING = {
    "date": OIL_CHANGE.late_day,
    "time": OIL_CHANGE.late_time,
    "name": OIL_CHANGE.user,
}


def florist(**changes: float) -> Conversation:
    person = Person.from_toml(read_file("florist"), FLOWERS)
    needed = tuple(slot for slot in person.slots if slot.required)
    return Conversation(replace(person, slots=needed, **changes), random.Random(1))  # type: ignore[arg-type]  # any field


def garage() -> Conversation:
    person = Person.from_toml(read_file("garage"), OIL_CHANGE)
    needed = tuple(slot for slot in person.slots if slot.required)
    return Conversation(replace(person, slots=needed), random.Random(1))


def said(reply: Reply | None) -> str:
    assert reply is not None
    return reply.text


def test_the_dearest_is_offered_where_no_limit_is_known() -> None:
    talk = florist(offers_first=1.0)
    assert "$560" in said(talk.on_turn("I'd like to order some flowers for Krista."))


def test_what_is_dearer_than_the_limit_is_not_offered() -> None:
    talk = florist(offers_first=0.0)
    talk.on_turn("I'd like to order some flowers for Krista.")
    offer = said(talk.on_turn("Up to $80. It's 12 Suffolk St, Guelph."))
    assert "roses" in offer
    assert "peonies" not in offer


def test_an_offer_that_is_turned_down_is_followed_by_the_next() -> None:
    talk = florist(offers_first=1.0)
    talk.on_turn("I'd like to order some flowers for Krista.")
    assert "roses" in said(talk.on_turn("That's too much. Do you have something else?"))


def test_nothing_is_noted_before_an_offer_is_taken() -> None:
    talk = florist(offers_first=0.0)
    talk.on_turn("I'd like to order some flowers for Krista.")
    offer = talk.on_turn("Up to $80. It's 12 Suffolk St, Guelph.")
    taken = talk.on_turn("Yes, please.")
    assert offer is not None
    assert taken is not None
    assert offer.agreement is None
    assert taken.agreement == ORDER


@pytest.mark.parametrize(
    "words", ["I don't know that, I'm afraid.", "I have to ask first. I'll call back.", "Goodbye."]
)
def test_an_offer_left_open_ends_the_call_without_an_entry(words: str) -> None:
    talk = florist(offers_first=1.0)
    talk.on_turn("I'd like to order some flowers for Krista.")
    reply = talk.on_turn(words)
    assert reply is not None
    assert (reply.leaves, reply.agreement) == (True, None)


def test_an_offer_that_was_not_heard_is_made_again() -> None:
    talk = florist(offers_first=1.0)
    talk.on_turn("I'd like to order some flowers for Krista.")
    assert "$560" in said(talk.on_turn("Pardon?"))
    assert said(talk.on_turn("One moment, please.")) in ("Sure, take your time.", "Of course.")


def test_a_garage_without_another_time_says_so() -> None:
    talk = garage()
    talk.on_turn("I'd like to book an oil change next week.")
    talk.on_turn("It's for Anna Berg.")
    replies = [talk.on_turn("That doesn't work.") for _ in range(3)]
    assert [reply.leaves for reply in replies if reply] == [False, False, True]


def test_the_name_that_a_call_is_made_for_is_asked_all_the_same() -> None:
    reply = garage().on_turn("I'm calling for Anna Berg. I'd like to book an oil change.")
    assert said(reply).endswith("?")


@pytest.mark.parametrize(
    ("story", "book", "right"), [(FLOWERS, "orders", ORDER), (OIL_CHANGE, "bookings", BOOKING)]
)
def test_the_judge_sees_every_mistake(story: Scenario, book: str, right: dict[str, str]) -> None:
    assert problems(story, {book: [right]}) == []
    for what in right.keys() - {"budget"}:
        assert problems(story, {book: [right | {what: "12"}]}) == [f"the {what} is 12"]
    assert problems(story, {}) == [f"0 {book} were noted, not one"]


def test_the_judge_wants_a_price_within_the_budget() -> None:
    dear = replace(FLOWERS, flowers_price="90")
    assert problems(dear, {"orders": [ORDER | {"price": "$90"}]}) == ["the price is $90"]


@pytest.mark.parametrize("story", [*STORIES, *VOICE_STORIES])
def test_a_scenario_survives_json(story: str) -> None:
    scenario = Scenario.from_seed(7, story)
    assert Scenario.from_json(scenario.as_json()) == scenario


@pytest.mark.parametrize("seed", range(20))
def test_one_free_time_of_next_week_is_after_work(seed: int) -> None:
    story = Scenario.from_seed(seed, "oil_change")
    assert len({story.early_day, story.noon_day, story.late_day}) == 3
    assert story.late_time.endswith("PM")
    assert int(story.late_time.split()[0].split(":")[0]) + 12 >= int(story.works_until[:2])


def test_a_story_that_nobody_tells_is_refused() -> None:
    with pytest.raises(ValueError, match="no story"):
        Scenario.from_seed(0, "wedding")


def test_the_user_answers_questions_only() -> None:
    story = story_of(FLOWERS)
    assert story.answer_to("Calling Royal City Flowers now.") is None
    assert story.answer_to("How much may it cost?") == (
        "up to $80, roses are fine, 12 Suffolk St, Guelph"
    )
    assert story.answer_to("Is it raining?") is None
