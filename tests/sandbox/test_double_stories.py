"""The double against the florist and the garage of every story: what comes of it is in the book."""

import json
import random
from typing import Any

import pytest

from floyd.prompts import instructions
from floyd.sandbox.judge import problems
from floyd.sandbox.openai.double.conversation import reply
from floyd.sandbox.openai.double.plan import plan
from floyd.sandbox.openai.double.reply import ToolCall
from floyd.sandbox.openai.double.report import report
from floyd.sandbox.openai.double.understanding import understand
from floyd.sandbox.people.conversation import Conversation
from floyd.sandbox.people.person import Person, read_file
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import story_of
from tests.sandbox.chat_world import numbered, task

SEEDS = range(25)
MOST_TURNS = 14
BUDGET = "How much may it cost?"
ADDRESS = "What is the address for the delivery?"


class Call:
    """One call of the double to a person, turn by turn."""

    def __init__(self, story: Scenario, person: str, seed: int, **material: Any) -> None:
        facts = numbered(story.user_facts)
        [wish] = understand(task("understanding", text=story.request, open_errands=[]))["wishes"]
        self.plan = plan(
            task("plan", user=story.user, request=wish["text"], facts=facts, **material)
        )
        chosen = [fact for fact in facts if fact["id"] in self.plan["fact_ids"]]
        snapshot = {"user": story.user, "facts": chosen, "request": wish["text"]}
        brief = {"plan": self.plan, "snapshot": snapshot, "callee": story_of(story).callee}
        self.messages = [
            {"role": "system", "content": instructions("call")},
            {"role": "user", "content": json.dumps(brief)},
        ]
        self.said = f"Hi, this is Floyd, an AI assistant calling for {story.user}. "
        self.said += self.plan["opening_line"]
        self.callee = Conversation(
            Person.from_toml(read_file(person), story), random.Random(f"{person} {seed}")
        )
        self.transcript: list[dict[str, Any]] = []
        self.agreed: dict[str, str] | None = None
        self.ended = self._talk()

    def _talk(self) -> ToolCall:
        heard = self.callee.greet().text
        for _ in range(MOST_TURNS):
            self._note(heard, self.said)
            turn = self.callee.on_turn(self.said)
            assert turn is not None
            self.agreed = self.agreed or turn.agreement
            heard = turn.text
            spoken = {"role": "user", "content": json.dumps({"callee_said": heard})}
            answer = reply([*self.messages, spoken])
            self.said = answer.text
            if answer.tool_calls:
                self._note(heard, self.said)
                return answer.tool_calls[0]
        raise AssertionError(self.transcript)

    def _note(self, heard: str, said: str) -> None:
        self.messages += [
            {"role": "user", "content": json.dumps({"callee_said": heard})},
            {"role": "assistant", "content": said},
        ]
        for speaker, text in (("callee", heard), ("floyd", said)):
            self.transcript.append({"id": len(self.transcript), "speaker": speaker, "text": text})

    def said_by_floyd(self) -> str:
        return " ".join(each["text"] for each in self.transcript if each["speaker"] == "floyd")

    def claims(self) -> str:
        finish = {"outcome": "done"} if self.ended.name == "finish" else self.ended.arguments
        made = report(task("report", transcript=self.transcript, finish=finish))
        return " ".join(claim["text"] for claim in made["claims"])


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
