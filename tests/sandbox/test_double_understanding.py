"""How the double reads a user's texts."""

import json
from typing import Any

import pytest

from floyd.prompts.schemas import Understanding, Wish
from floyd.sandbox.openai.double.understanding import understand
from tests.sandbox.chat_world import REQUEST, task

ASKING = {
    "id": 4,
    "request": "Call the school",
    "state": "waiting_for_user",
    "questions": ["Which class is Mara in?"],
}
CALLING = {"id": 5, "request": "Order flowers", "state": "calling", "questions": []}


def wishes(text: str, *open_errands: dict[str, Any]) -> tuple[Wish, ...]:
    answer = understand(task("understanding", text=text, open_errands=list(open_errands)))
    return tuple(Understanding.model_validate_json(json.dumps(answer)).wishes)


def kinds(text: str, *open_errands: dict[str, Any]) -> list[str]:
    return [wish.kind for wish in wishes(text, *open_errands)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (REQUEST, ["new_errand"]),
        ("Hi! Leo is sick today, can you let the school know?", ["new_errand"]),
        ("Could you phone the school? Theo won't be in today, he's sick.", ["new_errand"]),
        ("Mara is sick. Please call the school and let them know. Thanks!", ["new_errand"]),
        ("Can you order Krista some flowers?", ["new_errand"]),
        ("Book me in for an oil change at Brock Road Garage next week", ["new_errand"]),
        ("Call +1 519 824 4120 and ask when they open", ["new_errand"]),
        ("Call the school and then call the dentist", ["new_errand", "new_errand"]),
        ("Remember that my dentist is Dr. Lee", ["remember"]),
        ("Forget my address", ["forget"]),
        ("status?", ["status"]),
        ("Did they answer?", ["status"]),
        ("Thanks!", ["small_talk"]),
        ("hello", ["small_talk"]),
        ("\U0001f44d", ["small_talk"]),
        ("yes", ["small_talk"]),
        ("blah blah", ["unclear"]),
        ("", ["unclear"]),
        ("\0", ["unclear"]),
        ("a" * 10_000, ["unclear"]),
        ("\u0645\u0631\u062d\u0628\u0627", ["unclear"]),
    ],
)
def test_text_without_open_errands(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "kind", "errand_id"),
    [
        ("She's in 3B", "answer", 4),
        ("519-824-4120", "answer", 4),
        ("Call him at 519-824-4120", "answer", 4),
        ("yes", "confirm", 4),
        ("no thanks", "refuse", 4),
        ("never mind", "cancel", 4),
        ("cancel the flowers", "cancel", 5),
        ("tell them blue", "instruction", 5),
        ("also ask about parking", "instruction", 5),
        ("how's it going?", "status", 4),
        ("Call the dentist and ask when they open", "new_errand", None),
        ("I'd like you to call the dentist", "new_errand", None),
        ("thanks", "small_talk", None),
    ],
)
def test_text_while_one_errand_asks_and_another_calls(
    text: str, kind: str, errand_id: int | None
) -> None:
    [wish] = wishes(text, ASKING, CALLING)
    assert (wish.kind, wish.errand_id, wish.text) == (kind, errand_id, text)


FLOWERS = {"id": 6, "request": "Order flowers", "state": "scheduled", "questions": []}


@pytest.mark.parametrize(
    ("text", "errands", "kind", "errand_id"),
    [
        ("no, Tuesday", [FLOWERS], "correction", 6),
        ("actually 13 Suffolk St", [ASKING, FLOWERS], "correction", 4),
        ("and ask about parking", [FLOWERS], "correction", 6),
        ("no, Tuesday", [], "small_talk", None),
        ("no thanks", [FLOWERS], "refuse", 6),
    ],
)
def test_a_correction_is_about_an_errand_that_there_is(
    text: str, errands: list[dict[str, Any]], kind: str, errand_id: int | None
) -> None:
    [wish] = wishes(text, *errands)
    assert (wish.kind, wish.errand_id) == (kind, errand_id)


def test_an_answer_and_a_new_errand_are_told_apart() -> None:
    text = "She's in 3B. And please call the garage and ask when they open."
    answer, errand = wishes(text, ASKING)
    assert (answer.kind, answer.text) == ("answer", "She's in 3B.")
    assert (errand.kind, errand.text[:21]) == ("new_errand", "And please call the g")


def test_an_answer_that_two_errands_may_want_is_left_open() -> None:
    garage = {
        "id": 9,
        "request": "Book a slot",
        "state": "waiting_for_user",
        "questions": ["When?"],
    }
    [wish] = wishes("3B", ASKING, garage)
    assert (wish.kind, wish.errand_id) == ("answer", None)


def taught(text: str, known: list[str]) -> Wish:
    answer = understand(task("understanding", text=text, user="Ada Berg", known=known))
    return Understanding.model_validate_json(json.dumps(answer)).wishes[0]


def test_what_a_text_teaches_is_named_by_its_subject() -> None:
    [fact] = taught("My address is 12 Suffolk St", []).facts
    assert (fact.subject, fact.value) == ("Ada's address", "12 Suffolk St")
    contact = taught("My dentist is at 519-555-0188", []).contact
    assert contact
    assert (contact.name, contact.phone) == ("dentist", "519-555-0188")


def test_what_is_to_be_forgotten_is_named_as_it_is_known() -> None:
    wish = taught("Forget my address", ["Ada's address", "Krista's address", "Ada's car"])
    assert [fact.subject for fact in wish.facts] == ["Ada's address"]
    assert taught("what do you know about me?", ["Ada's car"]).kind == "recall"


def test_whatever_is_said_during_a_call_is_for_the_call() -> None:
    assert kinds("the blue ones would be nicer", CALLING) == ["instruction"]


def test_reply_is_given_for_small_talk_and_for_what_is_unclear_only() -> None:
    assert all(wish.reply for text in ("thanks", "hm", "") for wish in wishes(text))
    assert wishes(REQUEST)[0].reply is None


def test_text_of_an_errand_keeps_the_words_around_it() -> None:
    [wish] = wishes("Could you phone the school? Theo won't be in today, he's sick.")
    assert wish.text == "Could you phone the school? Theo won't be in today, he's sick."


def test_repair_is_answered_from_the_same_material() -> None:
    messages = task("understanding", text=REQUEST, open_errands=[])
    repair = [
        {"role": "assistant", "content": "{}"},
        {"role": "user", "content": "That answer cannot be used."},
    ]
    assert understand(messages + repair) == understand(messages)
