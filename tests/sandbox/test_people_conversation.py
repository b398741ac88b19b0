import random
from dataclasses import replace

import phonenumbers
import pytest

from floyd.sandbox.judge import problems
from floyd.sandbox.people import phrases
from floyd.sandbox.people.conversation import Conversation
from floyd.sandbox.people.mind import Reply
from floyd.sandbox.people.person import Person, read_file
from floyd.sandbox.scenario import Scenario

MARA = Scenario.from_seed(0)


def secretary(**changes: object) -> Person:
    person = Person.from_toml(read_file("school_secretary"), MARA)
    needed = tuple(replace(slot, chance=1.0) for slot in person.slots if slot.required)
    return replace(person, **({"slots": needed} | changes))  # type: ignore[arg-type]  # any field


def conversation(seed: int = 1, **changes: object) -> Conversation:
    return Conversation(secretary(**changes), random.Random(seed))


def answer_for(reply: Reply) -> str:
    """What somebody who knows everything says to a question."""
    text = reply.text.lower()
    if "name" in text:
        return "It's Mara Berg."
    if "class" in text:
        return "She's in class 3B."
    if "today" in text:
        return "Yes."
    return "She has a fever."


def test_the_greeting_names_the_school_or_offers_help() -> None:
    assert any(word in conversation().greet().text for word in ("Maple School",))


@pytest.mark.parametrize("seed", range(8))
def test_every_order_of_questions_leads_to_an_agreement(seed: int) -> None:
    talk = conversation(seed)
    talk.greet()
    reply = talk.on_turn("Hi, I'd like to let you know that Mara is at home.")
    for _ in range(5):
        assert reply is not None
        if reply.agreement:
            break
        reply = talk.on_turn(answer_for(reply))
    assert reply is not None
    assert reply.agreement is not None
    assert (reply.agreement["child"], reply.agreement["class"]) == ("Mara Berg", "class 3B")
    assert "Mara Berg" in reply.text


def test_what_was_said_already_is_not_asked() -> None:
    reply = conversation().on_turn("Mara Berg from class 3B is home sick today.")
    assert reply is not None
    assert reply.agreement == {
        "child": "Mara Berg",
        "class": "class 3B",
        "reason": "sick",
        "day": "today",
    }


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("Mara Berg from 3B is sick tomorrow.", "tomorrow"),
        ("Mara Berg from 3B is home sick today. She'll be back tomorrow.", "today"),
        ("Mara Berg from 3B won't be in on Monday, she's sick.", "Monday"),
    ],
)
def test_the_day_is_the_one_that_was_said(said: str, day: str) -> None:
    reply = conversation().on_turn(said)
    assert reply is not None
    assert reply.agreement is not None
    assert reply.agreement["day"] == day
    assert f"absent {day}" in reply.text


def test_a_day_that_nobody_said_is_asked_for() -> None:
    reply = conversation().on_turn("Mara Berg from class 3B is sick.")
    assert reply is not None
    assert reply.agreement is None
    assert "today" in reply.text


def test_an_introduction_without_a_purpose_is_met_with_a_question() -> None:
    talk = conversation()
    reply = talk.on_turn("Hi, this is Floyd, an AI assistant calling for Anna Berg.")
    assert reply is not None
    assert reply.text.endswith("?")
    assert reply.agreement is None


def test_an_answer_that_does_not_fit_is_asked_for_twice_and_then_given_up() -> None:
    talk = conversation()
    talk.on_turn("A pupil is staying home.")
    replies = [talk.on_turn("The weather is fine.") for _ in range(3)]
    assert [reply.leaves for reply in replies if reply] == [False, False, True]


@pytest.mark.parametrize("words", ["I don't know that, I'm afraid.", "I'll call you back."])
def test_without_an_answer_the_call_ends_politely_and_without_an_entry(words: str) -> None:
    talk = conversation()
    talk.on_turn("A pupil is staying home.")
    reply = talk.on_turn(words)
    assert reply is not None
    assert (reply.leaves, reply.agreement) == (True, None)


def test_a_question_of_no_importance_is_let_go() -> None:
    slots = tuple(replace(slot, required=False, chance=1.0) for slot in secretary().slots)
    talk = conversation(slots=slots, says=secretary().says | {"read_back": ("Noted.",)})
    reply = talk.on_turn("A pupil is staying home.")
    for _ in slots:
        reply = talk.on_turn("I don't know.")
    assert reply is not None
    assert reply.agreement is not None


def test_a_plain_yes_can_be_an_answer() -> None:
    person = Person.from_toml(read_file("school_secretary"), MARA)
    until = next(slot for slot in person.slots if slot.name == "until")
    talk = conversation(
        slots=(replace(until, chance=1.0, required=True),),
        says=person.says | {"read_back": ("Noted, {until}.",)},
    )
    talk.on_turn("A pupil is staying home.")
    reply = talk.on_turn("Yes.")
    assert reply is not None
    assert reply.text == "Noted, just today."


def test_a_correction_is_read_back_again() -> None:
    talk = conversation()
    talk.on_turn("Mara Berg from class 3B is home sick today.")
    reply = talk.on_turn("No, sorry, it's class 3A.")
    assert reply is not None
    assert reply.agreement is not None
    assert reply.agreement["class"] == "class 3A"


def test_after_the_agreement_goodbye_ends_the_call() -> None:
    talk = conversation()
    talk.on_turn("Mara Berg from class 3B is home sick today.")
    thanks, goodbye = talk.on_turn("Thank you."), talk.on_turn("Goodbye!")
    assert thanks is not None
    assert goodbye is not None
    assert (thanks.leaves, goodbye.leaves) == (False, True)
    assert talk.on_turn("Bye.") is None


@pytest.mark.parametrize(("words", "agreed"), [("Yes, please.", True), ("No.", False)])
def test_some_people_want_a_yes(words: str, agreed: bool) -> None:
    talk = conversation(confirms=True)
    read_back = talk.on_turn("Mara Berg from class 3B is home sick today.")
    assert read_back is not None
    assert read_back.agreement is None
    reply = talk.on_turn(words)
    assert reply is not None
    assert bool(reply.agreement) is agreed


def test_silence_is_met_twice_and_then_ended() -> None:
    talk = conversation()
    replies = [talk.on_silence() for _ in range(3)]
    assert [reply.leaves for reply in replies] == [False, False, True]


def test_seeds_tell_different_stories() -> None:
    stories = [Scenario.from_seed(seed) for seed in range(10)]
    assert len({story.child for story in stories}) > 3
    assert len({story.request for story in stories}) > 3
    assert Scenario.from_seed(3) == Scenario.from_seed(3)
    assert all(story.child not in story.other_children for story in stories)
    assert all(story.user_phone != story.school_phone for story in stories)


def knowing_answer(reply: Reply, story: Scenario) -> str:
    """What somebody who knows the whole story says."""
    text = reply.text.lower()
    answers = {
        "name": f"It's {story.child}.",
        "class": f"{story.teacher}'s class, {story.class_name}.",
        "reason": f"{story.child_first} is sick.",
        "today": "Yes.",
        "back": "It's just today, as far as I know.",
        "speaking": f"I'm calling for {story.user}.",
        "calling": f"I'm calling for {story.user}.",
    }
    return next(answer for key, answer in answers.items() if key in text)


@pytest.mark.parametrize("seed", range(20))
def test_whoever_knows_the_story_comes_to_the_right_agreement(seed: int) -> None:
    story = Scenario.from_seed(seed)
    person = Person.from_toml(read_file("school_secretary"), story)
    talk = Conversation(person, random.Random(seed))
    talk.greet()
    reply = talk.on_turn(f"I'd like to tell you that {story.child_first} is home sick today.")
    for _ in range(5):
        assert reply is not None
        if reply.agreement:
            break
        reply = talk.on_turn(knowing_answer(reply, story))
    assert reply is not None
    assert problems(story, {"absences": [reply.agreement or {}]}) == []


def test_the_judge_sees_every_mistake() -> None:
    right = {"child": "Mara Berg", "class": "class 3B", "reason": "sick", "day": "today"}
    for also in ({}, {"class": MARA.teacher}, {"until": "Just today"}, {"caller": "mother"}):
        assert problems(MARA, {"absences": [right | also]}) == []
    for what, noted in (
        ("child", "Leo Berg"),
        ("class", "3A"),
        ("reason", "appointment"),
        ("day", "tomorrow"),
        ("until", "next week"),
        ("caller", "father"),
    ):
        found = problems(MARA, {"absences": [right | {what: noted}]})
        assert found == [f"the {what} is {noted}"]
    assert len(problems(MARA, {"absences": [{}]})) == 4


def test_the_judge_wants_one_entry_and_nothing_beside_it() -> None:
    right = {"child": "Mara Berg", "class": "3B", "reason": "sick", "day": "today"}
    assert problems(MARA, {}) == ["0 absences were noted, not one"]
    assert problems(MARA, {"absences": [right, right]}) == ["2 absences were noted, not one"]
    beside = {"absences": [right], "voicemails": [{"message": "Hello"}]}
    assert problems(MARA, beside) == ["something is in the book voicemails"]


@pytest.mark.parametrize("seed", range(20))
def test_the_numbers_of_a_story_can_be_dialled(seed: int) -> None:
    story = Scenario.from_seed(seed)
    for number in (story.user_phone, story.school_phone, story.floyd_phone):
        assert phonenumbers.is_valid_number(phonenumbers.parse(number))
    assert len({story.user_phone, story.school_phone, story.floyd_phone}) == 3


def test_a_person_waits_and_says_a_question_again_when_asked_to() -> None:
    talk = conversation()
    question = talk.on_turn("A pupil is staying home.")
    waits = talk.on_turn("One moment, please, let me check.")
    again = talk.on_turn("Sorry, could you repeat that?")
    assert question is not None
    assert waits is not None
    assert again is not None
    assert (waits.leaves, waits.text.endswith("?")) == (False, False)
    assert again.text.endswith("?")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes that's right no problem", True),
        ("No that's not right", False),
        ("The school is big", None),
    ],
)
def test_whether_somebody_agrees_is_how_they_begin(text: str, expected: bool | None) -> None:
    assert phrases.agrees(text) is expected
