"""The double calls the school of every story: what is asked, it can answer."""

import json
import random

import pytest

from floyd.sandbox.openai.double.conversation import reply
from floyd.sandbox.openai.double.plan import plan
from floyd.sandbox.openai.double.reply import ToolCall
from floyd.sandbox.openai.double.report import report
from floyd.sandbox.openai.double.understanding import understand
from floyd.sandbox.people.conversation import Conversation
from floyd.sandbox.people.person import Person, read_file
from floyd.sandbox.scenario import Scenario
from tests.sandbox.chat_world import numbered, task

SEEDS = range(51)
MOST_TURNS = 12


def request_of(scenario: Scenario) -> str:
    """The errand that the double finds in the story's text."""
    [wish] = understand(task("understanding", text=scenario.request, open_errands=[]))["wishes"]
    assert wish["kind"] == "new_errand"
    return str(wish["text"])


def beginning(scenario: Scenario) -> tuple[list[dict[str, str]], str]:
    """The messages that a call begins with, and what Floyd says first."""
    facts, request = numbered(scenario.user_facts), request_of(scenario)
    contacts = [
        {"id": number, "name": name, "phone": phone, "about": ""}
        for number, (name, phone) in enumerate(scenario.contacts.items(), 1)
    ]
    made = plan(task("plan", user=scenario.user, request=request, facts=facts, contacts=contacts))
    assert made["callee"]["contact_id"] == 1
    assert made["questions"] == []
    chosen = [fact for fact in facts if fact["id"] in made["fact_ids"]]
    snapshot = {"user": scenario.user, "facts": chosen, "request": request}
    brief = {"plan": made, "snapshot": snapshot, "callee": scenario.school}
    opening = f"Hi, this is Floyd, an AI assistant calling for {scenario.user}."
    return task("call", **brief), f"{opening} {made['opening_line']}"


def claims_of(messages: list[dict[str, str]]) -> list[str]:
    """What the double reports of a call whose outcome is known to be done."""
    transcript = []
    for number, message in enumerate(messages[2:]):
        floyd = message["role"] == "assistant"
        text = message["content"] if floyd else json.loads(message["content"])["callee_said"]
        transcript.append({"id": number, "speaker": "floyd" if floyd else "callee", "text": text})
    made = report(task("report", transcript=transcript, finish={"outcome": "done"}))
    return [claim["text"] for claim in made["claims"]]


def recognised(text: str) -> str:
    """What a recogniser makes of a text before it is final: no capitals, no punctuation."""
    return "".join(letter for letter in text.lower() if letter not in ".,?!")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("final", [True, False])
def test_school_writes_the_absence_down_and_floyd_knows_it(seed: int, final: bool) -> None:
    scenario = Scenario.from_seed(seed)
    person = Person.from_toml(read_file("school_secretary"), scenario)
    secretary = Conversation(person, random.Random(seed))
    messages, said = beginning(scenario)
    heard, agreed = secretary.greet().text, None
    ending: tuple[ToolCall, ...] = ()
    for _ in range(MOST_TURNS):
        messages += [
            {"role": "user", "content": json.dumps({"callee_said": heard})},
            {"role": "assistant", "content": said},
        ]
        turn = secretary.on_turn(said)
        assert turn is not None
        agreed = agreed or turn.agreement
        heard = turn.text if final else recognised(turn.text)
        spoken = {"role": "user", "content": json.dumps({"callee_said": heard})}
        answer = reply([*messages, spoken])
        said, ending = answer.text, answer.tool_calls
        if ending:
            break
    assert agreed is not None
    assert agreed["child"].lower() == scenario.child.lower()
    assert ending[0].name == "finish"
    assert ending[0].arguments["outcome"] == "done"
    if final:
        assert [scenario.child in claim for claim in claims_of([*messages, spoken])] == [True]
