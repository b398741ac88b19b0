"""The double against the florist and the garage of every story: what comes of it is in the book."""

import pytest

from floyd.sandbox.judge import problems
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import story_of
from tests.sandbox.double_calls import Call

SEEDS = range(25)
BUDGET = "How much may it cost?"
ADDRESS = "What is the address for the delivery?"


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_budget_nothing_is_ordered_and_all_that_is_missing_is_asked(seed: int) -> None:
    story = Scenario.from_seed(seed, "flowers")
    call = Call(story, "florist", seed)
    assert call.agreed is None
    assert call.ended.name == "call_back_later"
    missing = call.ended.arguments["missing"]
    assert missing in ([BUDGET, ADDRESS], [ADDRESS])
    assert story_of(story).answer_to(" ".join(missing)) is not None
    if BUDGET in missing:
        assert f"${story.peonies_price}" in call.claims()


@pytest.mark.parametrize("seed", SEEDS)
def test_flowers_are_ordered_within_the_limit_once_it_is_known(seed: int) -> None:
    story = Scenario.from_seed(seed, "flowers")
    answer = story_of(story).answer_to(BUDGET)
    answers = [{"question": question, "answer": answer} for question in (BUDGET, ADDRESS)]
    call = Call(story, "florist", seed, answers=answers, calls=[{"outcome": "needs_user"}])
    assert problems(story, {"orders": [call.agreed or {}]}) == []
    assert (call.ended.name, call.ended.arguments["outcome"]) == ("finish", "done")
    assert all(words in call.claims() for words in story_of(story).told)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_oil_change_is_booked_when_the_user_does_not_work(seed: int) -> None:
    story = Scenario.from_seed(seed, "oil_change")
    answers = [{"question": "Which number?", "answer": story_of(story).answer_to("number?")}]
    call = Call(story, "garage", seed, answers=answers)
    assert call.plan["callee"]["phone"] == story.garage_phone_written
    assert problems(story, {"bookings": [call.agreed or {}]}) == []
    assert call.ended.arguments["outcome"] == "done"
    assert all(words in call.claims() for words in story_of(story).told)


def test_a_dear_bouquet_is_declined_politely() -> None:
    told = [
        Call(
            Scenario.from_seed(seed, "flowers"),
            "florist",
            seed,
            answers=[{"question": BUDGET, "answer": "up to $60, 12 Suffolk St, Guelph"}],
        ).said_by_floyd()
        for seed in SEEDS
    ]
    assert any("more than I may spend" in said for said in told)
