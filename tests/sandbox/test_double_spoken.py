"""What the double takes from a user's call: what they decided in the end, in their own words."""

import json
from typing import Any

import pytest

from floyd.prompts.schemas import Plan, Understanding
from floyd.sandbox.openai.double.plan import plan
from floyd.sandbox.openai.double.understanding import understand
from floyd.sandbox.openai.double.written import as_a_name, written
from tests.sandbox.chat_world import numbered, task

GREETING = "floyd: Hi, this is Floyd, your AI assistant. What can I do for you?"
RIGHT = "floyd: So I'll see to it. Is that right?"
FLOWERS = {
    "id": 4,
    "request": "Order Krista some flowers",
    "state": "waiting_for_user",
    "questions": ["How much may it cost?"],
}
SCHOOL = {"id": 1, "name": "Maple School", "phone": "+15195550100", "about": ""}


def wishes(*lines: str, errands: tuple[dict[str, Any], ...] = ()) -> list[tuple[str, str]]:
    spoken = []
    for line in (GREETING, *lines):
        speaker, _, text = line.partition(": ")
        spoken.append({"speaker": speaker, "text": text})
    text = "\n".join(each["text"] for each in spoken if each["speaker"] == "user")
    material = {"text": text, "spoken": spoken, "open_errands": list(errands)}
    answer = understand(task("understanding", **material))
    found = Understanding.model_validate_json(json.dumps(answer)).wishes
    return [(wish.kind, wish.text) for wish in found]


def planned(request: str) -> Plan:
    facts = numbered({"Mara's class": "3B", "Ada's car": "blue Honda"})
    known = {"user": "Ada Berg", "facts": facts, "contacts": [SCHOOL], "request": request}
    return Plan.model_validate_json(json.dumps(plan(task("plan", **known))))


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (
            "Hi Floyd, um, can you call the school and tell them Mara is sick?",
            "can you call the school and tell them Mara is sick?",
        ),
        (
            "hello it's anna could you call the school and tell them mara is sick thanks bye",
            "could you call the school and tell them mara is sick",
        ),
        (
            "Okay, so, please order some flowers for Krista.",
            "please order some flowers for Krista.",
        ),
    ],
)
def test_request_is_kept_without_greeting_fillers_and_goodbye(said: str, text: str) -> None:
    assert wishes(f"user: {said}", RIGHT, "user: Yes, please.") == [("new_errand", text)]


def test_answers_to_floyds_questions_complete_the_request() -> None:
    [wish] = wishes(
        "user: Can you order Krista some flowers?",
        "floyd: How much may it cost?",
        "user: Up to $80.",
        "floyd: Where should they be delivered?",
        "user: I don't know.",
        RIGHT,
        "user: Exactly, thank you.",
    )
    assert wish == ("new_errand", "Can you order Krista some flowers. Up to $80.")


def test_request_may_begin_with_what_is_to_be_said() -> None:
    lines = ("user: My daughter is sick.", "floyd: Whom should I call?", "user: Call the school.")
    assert wishes(*lines) == [("new_errand", "My daughter is sick. Call the school.")]


@pytest.mark.parametrize(
    ("correction", "text"),
    [
        ("No, it's Leo.", "Call the school and tell them Leo is sick today."),
        ("no wait leo not mara", "Call the school and tell them leo is sick today."),
        ("No, tomorrow.", "Call the school and tell them Mara is sick tomorrow."),
        ("Sorry, please call the dentist and tell them I'm late.", "please call the dentist"),
    ],
)
def test_what_is_corrected_counts_as_it_was_put_right(correction: str, text: str) -> None:
    request = "user: Call the school and tell them Mara is sick today."
    [wish] = wishes(request, RIGHT, f"user: {correction}", RIGHT, "user: Yes.")
    assert wish[0] == "new_errand"
    assert wish[1].startswith(text)


@pytest.mark.parametrize("end", ["Never mind.", "No, forget it.", "No."])
def test_what_was_taken_back_is_no_wish(end: str) -> None:
    request = "user: Call the school and tell them Mara is sick today."
    assert [kind for kind, _ in wishes(request, RIGHT, f"user: {end}")] == ["small_talk"]


@pytest.mark.parametrize(
    "unfinished",
    [
        " and that she will be back on\u2014",
        ". And could you",
        ". Then I also wanted",
        " because",
    ],
)
def test_sentence_that_breaks_off_counts_as_far_as_it_goes(unfinished: str) -> None:
    request = "Call the school and tell them Mara is sick"
    assert wishes(f"user: {request}{unfinished}") == [("new_errand", request)]


@pytest.mark.parametrize(
    ("said", "kind"),
    [("Hi Floyd.", "small_talk"), ("Thanks, bye.", "small_talk"), ("Could you", "unclear")],
)
def test_call_without_a_request(said: str, kind: str) -> None:
    assert [found for found, _ in wishes(f"user: {said}")] == [kind]


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("How is it going with the flowers?", ("status", "How is it going with the flowers?")),
        ("Please cancel the flowers.", ("cancel", "Please cancel the flowers.")),
        (
            "Hi Floyd, you asked me about the flowers for Krista: up to $80, roses are fine.",
            ("answer", "up to $80, roses are fine."),
        ),
        (
            "Remember that my dentist is Dr. Lee.",
            ("remember", "Remember that my dentist is Dr. Lee."),
        ),
    ],
)
def test_all_else_is_understood_as_in_a_text(said: str, wish: tuple[str, str]) -> None:
    assert wishes(f"user: {said}", RIGHT, "user: Yes.", errands=(FLOWERS,)) == [wish]


def test_topic_is_said_first_and_the_answer_when_floyd_has_asked() -> None:
    lines = (
        "user: Hi Floyd. It's about the flowers for Krista.",
        "floyd: I need to know: How much may it cost?",
        "user: Up to $80.",
    )
    assert wishes(*lines, errands=(FLOWERS,)) == [("answer", "Up to $80.")]


def test_two_wishes_of_one_call_are_both_kept() -> None:
    lines = ("user: Remember that my dentist is Dr. Lee.", RIGHT)
    found = wishes(*lines, "user: Yes. And call the school and ask when they open.")
    assert [kind for kind, _ in found] == ["remember", "new_errand"]


@pytest.mark.parametrize(
    ("spoken", "text"),
    [
        ("tell them mara is sick and i'm late", "tell them Mara is sick and I'm late"),
        (
            "order krista some flowers up to eighty dollars",
            "order Krista some flowers up to 80 dollars",
        ),
        ("at most a hundred and twenty", "at most 120"),
        ("send it to twelve suffolk st guelph", "send it to 12 Suffolk St Guelph"),
        ("it's five one nine, five five five, oh one oh two", "it's 5195550102"),
        ("call one of the garages", "call one of the garages"),
        ("my daughter's class", "my daughter's class"),
        ("Up to $80, 12 Suffolk St, Guelph", "Up to $80, 12 Suffolk St, Guelph"),
    ],
)
def test_spoken_words_are_written_out(spoken: str, text: str) -> None:
    assert written(spoken, {"mara"}) == text


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("brock road garage", "Brock Road Garage"),
        ("the dentist", "the dentist"),
        ("McLeod's", "McLeod's"),
    ],
)
def test_place_that_was_heard_gets_its_capitals(place: str, name: str) -> None:
    assert as_a_name(place) == name


def test_plan_of_spoken_words_is_that_of_written_ones() -> None:
    spoken = planned("can you call maple school and let them know mara is sick today")
    assert spoken == planned("Can you call Maple School and let them know Mara is sick today?")
    assert spoken.callee.contact_id == 1
    assert spoken.fact_ids == [1]


def test_plan_knows_the_limit_and_the_address_of_the_request() -> None:
    made = planned("order krista some flowers. at most $80. it's 12 suffolk st guelph")
    assert made.opening_line == "I'd like to order some flowers for Krista."
    assert (made.callee.search, made.limits.budget_usd) == ("florist", 80.0)
    assert made.steps[-1] == "Have it sent to the address 12 Suffolk St Guelph."
    assert made.learned == []


def test_what_was_asked_on_the_line_is_part_of_the_message() -> None:
    made = planned("call the school, that mara is sick today")
    assert made.opening_line == "I'm calling to let you know that Mara is sick today."
