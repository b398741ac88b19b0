"""How the double speaks with users who phone Floyd, and what is understood of it afterwards."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from floyd.sandbox.judge import problems
from floyd.sandbox.openai.double import Reply
from floyd.sandbox.stories import story_of
from tests.sandbox.double_calls import END_CALL, KNOWN, STANDING, Call, DeskCall, at_the_desk

SEEDS = range(12)
DONE = "All right, I'll see to it and text you. Goodbye."
SCHOOL = "user: Call the school and tell them that Mara is sick today."
ESSENCE = "So I'll call Maple School and tell them that Mara is sick today. Is that right?"
UNKNOWN = {"attested": False, "now": KNOWN["now"]}


@pytest.mark.parametrize(
    ("user", "floyd"),
    [
        ("Hi Floyd!", "Hello! What can I do for you?"),
        (SCHOOL[6:], ESSENCE),
        ("um hi can you call the school and tell them that mara is sick today", ESSENCE),
        ("Mara is sick today, can you let the school know?", ESSENCE),
        ("Call the school.", "What should I tell them?"),
        ("Tell them that I'm late.", "Whom should I call?"),
        ("Call the school and tell them that my daughter is sick.", "Which child is it?"),
        ("Please order some flowers for Krista.", "How much may it cost?"),
        (
            "Order some flowers for Krista, up to $80, to 12 Suffolk St.",
            "So I'll order some flowers for Krista, for up to $80. Is that right?",
        ),
        ("Book me an oil change at Brock Road Garage.", "When would suit you?"),
        (
            "Book me in for an oil change at Brock Road Garage next week.",
            "So I'll book an oil change at Brock Road Garage next week. Is that right?",
        ),
        (
            "Call my dentist and ask when I can come.",
            "So I'll call your dentist and ask when you can come. Is that right?",
        ),
        ("How is it going with the flowers?", f"{STANDING} Is there anything else?"),
        ("Up to $80, roses are fine.", "So I've noted: Up to $80, roses are fine. Is that right?"),
        ("Please cancel the flowers.", "So I'll drop this: Krista's flowers. Is that right?"),
        (
            "Remember that my dentist is Dr. Lee.",
            "So I'll remember that your dentist is Dr. Lee. Is that right?",
        ),
        ("It's about the flowers.", "I need to know: How much may it cost?"),
    ],
)
def test_answer_to_what_the_user_wants(user: str, floyd: str) -> None:
    known = KNOWN if "flowers" in user.lower() or "roses" in user else KNOWN | {"open_errands": []}
    known = known | {"open_errands": []} if user.startswith(("Please order", "Order")) else known
    assert at_the_desk(f"user: {user}", known=known) == Reply(floyd)


def test_yes_to_the_essence_ends_the_call() -> None:
    assert at_the_desk(SCHOOL, f"floyd: {ESSENCE}", "user: Yes, please.") == Reply(
        DONE, (END_CALL,)
    )


def test_request_and_goodbye_in_one_go_end_the_call() -> None:
    said = at_the_desk(f"{SCHOOL} Thanks, bye.")
    expected = (
        "I'll call Maple School and tell them that Mara is sick today, and text you. Goodbye."
    )
    assert said == Reply(expected, (END_CALL,))


def test_correction_is_repeated_and_a_bare_no_asked_about() -> None:
    corrected = at_the_desk(SCHOOL, f"floyd: {ESSENCE}", "user: No, it's Leo.")
    assert corrected == Reply(ESSENCE.replace("Mara", "Leo"))
    assert at_the_desk(SCHOOL, f"floyd: {ESSENCE}", "user: No.") == Reply("What should I change?")


def test_what_was_not_known_is_not_asked_again() -> None:
    lines = ("user: Please order some flowers for Krista.", "floyd: How much may it cost?")
    said = at_the_desk(*lines, "user: I don't know.", known=KNOWN | {"open_errands": []})
    assert said == Reply("So I'll order some flowers for Krista. Is that right?")


@pytest.mark.parametrize("goodbye", ["Bye.", "No, that's all. Thank you.", "Thanks, goodbye."])
def test_floyd_says_goodbye_when_the_user_does(goodbye: str) -> None:
    said = at_the_desk("user: How is it going?", "floyd: Fine. Anything else?", f"user: {goodbye}")
    assert said == Reply("Goodbye.", (END_CALL,))


def test_nothing_open_is_said() -> None:
    said = at_the_desk("user: Any news?", known=KNOWN | {"open_errands": []})
    assert said.text == "Nothing is open right now. Is there anything else?"


def test_whoever_is_not_understood_twice_is_asked_to_text() -> None:
    unheard = at_the_desk("user: Flurb.", known=KNOWN | {"open_errands": []})
    assert not unheard.tool_calls
    again = at_the_desk(
        "user: Flurb.", f"floyd: {unheard.text}", "user: Flarb.", known=KNOWN | {"open_errands": []}
    )
    assert again.tool_calls == (END_CALL,)


def test_unattested_caller_hears_that_it_is_checked_by_text() -> None:
    said = at_the_desk(SCHOOL, known=UNKNOWN)
    assert said == Reply(ESSENCE.replace("Maple School", "the school"))
    done = at_the_desk(SCHOOL, f"floyd: {said.text}", "user: Yes.", known=UNKNOWN)
    assert "text this number first" in done.text
    assert done.tool_calls == (END_CALL,)


@pytest.mark.parametrize("wish", ["How is it going?", "Cancel the flowers.", "Forget my address."])
def test_unattested_caller_is_sent_to_texts_for_all_else(wish: str) -> None:
    assert "only do that by text" in at_the_desk(f"user: {wish}", known=UNKNOWN).text


@pytest.mark.parametrize(
    ("note", "floyd"),
    [
        ("Silence: nobody has said anything for 6 seconds.", "Are you still there?"),
        ("The line was lost and is back; you have just apologised for it. Go on.", ESSENCE),
    ],
)
def test_what_happens_on_the_line(note: str, floyd: str) -> None:
    assert at_the_desk(SCHOOL, f"note: {note}").text == floyd


def test_tool_call_is_mended_without_words() -> None:
    note = "note: Your tool call was not carried out: it does not fit. Only mend the call."
    said = at_the_desk(SCHOOL, f"floyd: {ESSENCE}", "user: Yes.", f"floyd: {DONE}", note)
    assert said == Reply("", (END_CALL,))


def test_another_assistant_is_answered_politely_until_it_says_goodbye() -> None:
    hello = "user: Hi, this is Floyd, an AI assistant calling for Krista."
    polite = at_the_desk(hello)
    assert not polite.tool_calls
    assert at_the_desk(hello, f"floyd: {polite.text}", "user: Goodbye.").tool_calls == (END_CALL,)


@pytest.mark.parametrize("words", ["", "\0", "a, ", "hi ", "call the school and ", "\u0645 "])
def test_anything_heard_is_answered_soon(words: str) -> None:
    began = time.monotonic()
    assert at_the_desk(f"user: {words * 1000}").text
    assert time.monotonic() - began < 5


def as_final(text: str) -> str:
    return text


def as_interim(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter not in ".,?!")


@pytest.mark.parametrize("heard", [as_final, as_interim])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("person", "story", "kind"),
    [
        ("caller_school", "voice_school", "new_errand"),
        ("caller_hangs_up", "voice_hang_up", "new_errand"),
        ("caller_flowers", "voice_flowers", "new_errand"),
        ("caller_flowers_at_once", "voice_flowers", "new_errand"),
        ("caller_flowers_later", "voice_flowers", "new_errand"),
        ("caller_status", "voice_status", "status"),
        ("caller_answer", "voice_status", "answer"),
        ("caller_cancel", "voice_status", "cancel"),
        ("caller_teach", "voice_flowers", "remember"),
    ],
)
def test_every_caller_is_understood(
    person: str, story: str, kind: str, seed: int, heard: Callable[[str], str]
) -> None:
    call = DeskCall(person, seed, story, heard)
    assert call.ended, call.turns
    assert [found for found, _ in call.wishes()] == [kind], call.turns


@pytest.mark.parametrize("heard", [as_final, as_interim])
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("caller", "story", "callee"),
    [
        ("caller_school", "voice_school", "school_secretary"),
        ("caller_hangs_up", "voice_hang_up", "school_secretary"),
        ("caller_flowers", "voice_flowers", "florist"),
        ("caller_flowers_at_once", "voice_flowers", "florist"),
    ],
)
def test_what_was_said_on_the_phone_is_done_by_phone(
    caller: str, story: str, callee: str, seed: int, heard: Callable[[str], str]
) -> None:
    desk = DeskCall(caller, seed, story, heard)
    [(_, request)] = desk.wishes()
    told = replace(desk.story, request=request)
    call = Call(told, callee, seed)
    assert problems(told, {story_of(told).book: [call.agreed or {}]}) == []
    assert (call.ended.name, call.ended.arguments["outcome"]) == ("finish", "done")
