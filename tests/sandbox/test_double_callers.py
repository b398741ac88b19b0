"""How the double speaks with callees who phone back."""

import json
import random
from typing import Any

import pytest

from floyd.prompts import instructions
from floyd.sandbox.judge import problems
from floyd.sandbox.openai.double import Reply, ToolCall, answer
from floyd.sandbox.openai.double.plan import plan
from floyd.sandbox.openai.double.understanding import understand
from floyd.sandbox.people.answers import Answer
from floyd.sandbox.people.calling_back import CallingBack
from floyd.sandbox.people.conversation import Conversation
from floyd.sandbox.people.person import Person, read_file
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import story_of
from tests.sandbox.chat_world import FACTS, OPENING, numbered, task

END_CALL = ToolCall("end_call", {})
HELLO = "Hi, this is Floyd, an AI assistant. Thank you for calling back."
ANNA = {"errand": 7, "user": "Anna Berg", "called": "Monday, November 23, 09:10"}
JONAS = {"errand": 9, "user": "Jonas Hale", "called": "Tuesday, November 24, 10:00"}
AGAIN = {"errand": 11, "user": "Anna Berg", "called": "Tuesday, November 24, 11:00"}
BRIEF = {
    "plan": {"opening_line": OPENING, "callee": {"name": "Maple School"}},
    "snapshot": {"user": "Ada Berg", "facts": numbered(FACTS), "request": "Call the school"},
    "callee": "Maple School",
    "earlier_calls": [],
}
WHY = OPENING.replace("I'm calling", "I called")


def says(material: dict[str, Any], tools: tuple[str, ...], *turns: str) -> Reply:
    messages = [
        {"role": "system", "content": instructions("return")},
        {"role": "user", "content": json.dumps(material)},
        {"role": "assistant", "content": HELLO},
    ]
    for turn in turns:
        speaker, _, text = turn.partition(": ")
        key = {"callee": "callee_said", "note": "note"}.get(speaker)
        content = json.dumps({key: text}) if key else text
        messages.append({"role": "user" if key else "assistant", "content": content})
    offered = [{"type": "function", "function": {"name": name}} for name in tools]
    return answer({"messages": messages, "tools": offered})


def of_the_errand(*turns: str, **more: Any) -> Reply:
    return says(BRIEF | more, ("finish", "call_back_later"), *turns)


def message(*turns: str) -> Reply:
    return says({"attested": False}, ("end_call",), *turns)


def which(*turns: str) -> Reply:
    return says({"candidates": [ANNA, JONAS, AGAIN]}, ("take_up", "end_call"), *turns)


@pytest.mark.parametrize(
    "said",
    [
        "Hello, this is Maple School. You called us?",
        "Hi, this is Maple School. We got a call from this number.",
        "Good morning, Maple School, Denise speaking. I'm calling you back.",
        "What is it about?",
    ],
)
def test_whoever_calls_back_is_told_what_it_was_about(said: str) -> None:
    assert of_the_errand(f"callee: {said}") == Reply(WHY)


def test_call_back_goes_on_like_a_call() -> None:
    told = ("callee: You called us?", f"floyd: {WHY}")
    assert of_the_errand(*told, "callee: Which class is she in?") == Reply("It's 3B.")
    done = of_the_errand(*told, "callee: Got it, thank you.")
    assert done.tool_calls[0].arguments == {"outcome": "done", "evidence": ["Got it, thank you."]}


def test_of_an_errand_that_is_over_only_a_message_is_taken() -> None:
    heard = of_the_errand("callee: Hello, this is Maple School. You called us?", only_listen=True)
    assert "message" in heard.text
    assert not heard.tool_calls
    words = "We need a doctor's note by Friday."
    said = of_the_errand(f"callee: {words}", only_listen=True)
    assert said.tool_calls == (ToolCall("finish", {"outcome": "partly", "evidence": [words]}),)


@pytest.mark.parametrize(
    ("said", "errand"),
    [
        ("It was for Jonas Hale, I believe.", 9),
        ("somebody called for jonas", 9),
        ("It's about Anna.", 11),
        ("For Anna Berg, on Monday.", 7),
    ],
)
def test_call_is_taken_up_for_whom_the_caller_names(said: str, errand: int) -> None:
    assert which(f"callee: {said}") == Reply("", (ToolCall("take_up", {"errand": errand}),))


def test_nobody_named_is_asked_for_and_no_name_told() -> None:
    said = which("callee: Hello, this is Maple School. You called us?")
    assert not said.tool_calls
    assert not {"Anna", "Jonas"} & set(said.text.split())


def test_message_is_taken_when_it_cannot_be_found_out() -> None:
    turns = ("callee: You called us?", f"floyd: {which('callee: You called us?').text}")
    said = which(*turns, "callee: I don't know.")
    assert "message" in said.text
    last = which(*turns, "callee: I don't know. Please say that the flowers are ready.")
    assert last.tool_calls == (END_CALL,)


def test_taken_up_floyd_says_what_it_was_about() -> None:
    note = "note: Now you know which call is returned: see `plan`. Say what it was about."
    assert of_the_errand("callee: It was for Ada, who called?", note) == Reply(WHY)


def test_not_taken_up_floyd_offers_to_take_a_message() -> None:
    note = "note: That errand is over and you know nothing about it. Offer to take a message."
    assert "Can I take a message?" in message("callee: It was for Ada Berg.", note).text


@pytest.mark.parametrize(
    "said",
    [
        "Hello, this is Maple School. You called us?",
        "Hi, Royal City Flowers here. We missed a call from you.",
        "Hello?",
        "Yes, please.",
    ],
)
def test_no_message_yet_is_asked_for(said: str) -> None:
    answered = message(f"callee: {said}")
    assert "message" in answered.text
    assert not answered.tool_calls


def test_message_is_repeated_and_passed_on() -> None:
    said = message("callee: Yes, please say that Maple School called back.")
    expected = "Thank you. I'll pass that on: Say that Maple School called back. Goodbye."
    assert said == Reply(expected, (END_CALL,))


@pytest.mark.parametrize("said", ["Why did you call?", "Who is this about?"])
def test_caller_who_may_be_anybody_is_told_nothing(said: str) -> None:
    assert message(f"callee: {said}").text.startswith("I can't say that")


@pytest.mark.parametrize("said", ["No, thank you.", "Bye."])
def test_caller_without_a_message_is_let_go(said: str) -> None:
    assert message(f"callee: {said}") == Reply("Thank you, goodbye.", (END_CALL,))


def calling_back(person: str, story: Scenario, seed: int) -> CallingBack:
    draw, table = random.Random(f"{person} {seed}"), read_file(person)
    talk = Conversation(Person.from_toml(read_file(table["person"]), story), draw)
    lines = [line.format(**story.words()) for line in table["introductions"]]
    answers = [Answer.from_toml(each, story.words()) for each in table["answers"]]
    return CallingBack(talk, lines, answers, draw)


@pytest.mark.parametrize("person", ["caller_florist", "caller_secretary"])
@pytest.mark.parametrize("seed", range(10))
def test_people_who_call_back_leave_a_message(person: str, seed: int) -> None:
    caller = calling_back(person, Scenario.from_seed(seed), seed)
    turns: list[str] = []
    said = Reply(HELLO)
    while not said.tool_calls and len(turns) < 8:
        heard = caller.on_turn(said.text)
        assert heard is not None
        turns.append(f"callee: {heard.text}")
        said = message(*turns)
        turns.append(f"floyd: {said.text}")
    assert "called" in said.text
    assert said.tool_calls == (END_CALL,)


@pytest.mark.parametrize("seed", range(20))
def test_errand_is_done_in_the_call_of_the_callee(seed: int) -> None:
    story = Scenario.from_seed(seed, "voice_return")
    step = story_of(story).steps[0]
    [wish] = understand(task("understanding", text=step.text, open_errands=[]))["wishes"]
    facts = numbered(story.user_facts)
    made = plan(task("plan", user=story.user, request=wish["text"], facts=facts, calls=[{}]))
    chosen = [fact for fact in facts if fact["id"] in made["fact_ids"]]
    snapshot = {"user": story.user, "facts": chosen, "request": wish["text"]}
    brief = {"plan": made, "snapshot": snapshot}
    caller = calling_back(story_of(story).steps[1].caller, story, seed)
    turns: list[str] = []
    agreed: list[dict[str, str]] = []
    said = Reply(f"{HELLO} I called you for {story.user}.")
    while not said.tool_calls and len(turns) < 30:
        heard = caller.on_turn(said.text)
        assert heard is not None, turns
        agreed += [heard.agreement] if heard.agreement else []
        turns.append(f"callee: {heard.text}")
        said = of_the_errand(*turns, **brief)
        turns.append(f"floyd: {said.text}")
    assert said.tool_calls[0].arguments["outcome"] == "done", turns
    assert problems(story, {story_of(story).book: agreed}) == []


def test_assistant_who_answers_the_phone_is_left_politely() -> None:
    hello = "callee: Hi, this is Floyd, an AI assistant calling for Krista."
    polite = of_the_errand(hello)
    assert not polite.tool_calls
    end = of_the_errand(hello, f"floyd: {polite.text}", "callee: Then please hang up.")
    assert end.tool_calls == (ToolCall("finish", {"outcome": "declined", "evidence": []}),)
