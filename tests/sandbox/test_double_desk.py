"""How the double speaks with users who phone Floyd, and what is understood of it afterwards."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from floyd.prompts import instructions
from floyd.sandbox.openai.double import Reply, ToolCall, answer
from floyd.sandbox.openai.double.understanding import understand
from floyd.sandbox.people.caller import Caller
from floyd.sandbox.people.errand_of_a_caller import ErrandOfACaller
from floyd.sandbox.people.person import read_file
from floyd.sandbox.scenario import Scenario
from tests.sandbox.chat_world import task

SEEDS = range(12)
MOST_TURNS = 12
TOOLS = [{"type": "function", "function": {"name": "end_call"}}]
END_CALL = ToolCall("end_call", {})
GREETING = "Hi, this is Floyd, your AI assistant. What can I do for you?"
DONE = "All right, I'll see to it and text you. Goodbye."
SCHOOL = "user: Call the school and tell them that Mara is sick today."
ESSENCE = "So I'll call Maple School and tell them that Mara is sick today. Is that right?"
STANDING = "Krista's flowers: I'm waiting for your answer. How much may it cost?"
FLOWERS = {
    "title": "Krista's flowers",
    "standing": STANDING,
    "questions": ["How much may it cost?"],
}
KNOWN: dict[str, Any] = {
    "attested": True,
    "now": "Sunday, 2026-11-22 08:00 (America/Toronto)",
    "user": "Ada Berg",
    "open_errands": [FLOWERS],
    "facts": [{"subject": "Mara's class", "value": "3B"}],
    "contacts": [{"name": "Maple School"}],
}
UNKNOWN = {"attested": False, "now": KNOWN["now"]}


def says(*turns: str, known: dict[str, Any] = KNOWN) -> Reply:
    messages = [
        {"role": "system", "content": instructions("desk")},
        {"role": "user", "content": json.dumps(known)},
        {"role": "assistant", "content": GREETING},
        *(_message(turn) for turn in turns),
    ]
    return answer({"messages": messages, "tools": TOOLS})


def _message(turn: str) -> dict[str, str]:
    speaker, _, text = turn.partition(": ")
    if speaker == "floyd":
        return {"role": "assistant", "content": text}
    key = {"user": "user_said", "note": "note"}[speaker]
    return {"role": "user", "content": json.dumps({key: text})}


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
    assert says(f"user: {user}", known=known) == Reply(floyd)


def test_yes_to_the_essence_ends_the_call() -> None:
    assert says(SCHOOL, f"floyd: {ESSENCE}", "user: Yes, please.") == Reply(DONE, (END_CALL,))


def test_request_and_goodbye_in_one_go_end_the_call() -> None:
    said = says(f"{SCHOOL} Thanks, bye.")
    expected = (
        "I'll call Maple School and tell them that Mara is sick today, and text you. Goodbye."
    )
    assert said == Reply(expected, (END_CALL,))


def test_correction_is_repeated_and_a_bare_no_asked_about() -> None:
    corrected = says(SCHOOL, f"floyd: {ESSENCE}", "user: No, it's Leo.")
    assert corrected == Reply(ESSENCE.replace("Mara", "Leo"))
    assert says(SCHOOL, f"floyd: {ESSENCE}", "user: No.") == Reply("What should I change?")


def test_what_was_not_known_is_not_asked_again() -> None:
    lines = ("user: Please order some flowers for Krista.", "floyd: How much may it cost?")
    said = says(*lines, "user: I don't know.", known=KNOWN | {"open_errands": []})
    assert said == Reply("So I'll order some flowers for Krista. Is that right?")


@pytest.mark.parametrize("goodbye", ["Bye.", "No, that's all. Thank you.", "Thanks, goodbye."])
def test_floyd_says_goodbye_when_the_user_does(goodbye: str) -> None:
    said = says("user: How is it going?", "floyd: Fine. Anything else?", f"user: {goodbye}")
    assert said == Reply("Goodbye.", (END_CALL,))


def test_nothing_open_is_said() -> None:
    said = says("user: Any news?", known=KNOWN | {"open_errands": []})
    assert said.text == "Nothing is open right now. Is there anything else?"


def test_whoever_is_not_understood_twice_is_asked_to_text() -> None:
    unheard = says("user: Flurb.", known=KNOWN | {"open_errands": []})
    assert not unheard.tool_calls
    again = says(
        "user: Flurb.", f"floyd: {unheard.text}", "user: Flarb.", known=KNOWN | {"open_errands": []}
    )
    assert again.tool_calls == (END_CALL,)


def test_unattested_caller_hears_that_it_is_checked_by_text() -> None:
    said = says(SCHOOL, known=UNKNOWN)
    assert said == Reply(ESSENCE.replace("Maple School", "the school"))
    done = says(SCHOOL, f"floyd: {said.text}", "user: Yes.", known=UNKNOWN)
    assert "text this number first" in done.text
    assert done.tool_calls == (END_CALL,)


@pytest.mark.parametrize("wish", ["How is it going?", "Cancel the flowers.", "Forget my address."])
def test_unattested_caller_is_sent_to_texts_for_all_else(wish: str) -> None:
    assert "only do that by text" in says(f"user: {wish}", known=UNKNOWN).text


@pytest.mark.parametrize(
    ("note", "floyd"),
    [
        ("Silence: nobody has said anything for 6 seconds.", "Are you still there?"),
        ("The line was lost and is back; you have just apologised for it. Go on.", ESSENCE),
    ],
)
def test_what_happens_on_the_line(note: str, floyd: str) -> None:
    assert says(SCHOOL, f"note: {note}").text == floyd


def test_tool_call_is_mended_without_words() -> None:
    note = "note: Your tool call was not carried out: it does not fit. Only mend the call."
    said = says(SCHOOL, f"floyd: {ESSENCE}", "user: Yes.", f"floyd: {DONE}", note)
    assert said == Reply("", (END_CALL,))


def test_another_assistant_is_answered_politely_until_it_says_goodbye() -> None:
    hello = "user: Hi, this is Floyd, an AI assistant calling for Krista."
    polite = says(hello)
    assert not polite.tool_calls
    assert says(hello, f"floyd: {polite.text}", "user: Goodbye.").tool_calls == (END_CALL,)


@pytest.mark.parametrize("words", ["", "\0", "a, ", "hi ", "call the school and ", "\u0645 "])
def test_anything_heard_is_answered_soon(words: str) -> None:
    began = time.monotonic()
    assert says(f"user: {words * 1000}").text
    assert time.monotonic() - began < 5


class DeskCall:
    """One call of somebody of the sandbox to the double, and what is understood of it."""

    def __init__(self, person: str, seed: int, story: str, heard: Callable[[str], str]) -> None:
        self.story = Scenario.from_seed(seed, story)
        caller = Caller.from_toml(read_file(person), read_file("callers"), self.story)
        self._user = ErrandOfACaller(caller, random.Random(f"{person} {seed}"))
        self._errand = {"title": f"flowers for {self.story.friend}", "questions": ["How much?"]}
        self.turns: list[str] = []
        self.ended = self._talk(heard)

    def _talk(self, heard: Callable[[str], str]) -> bool:
        said = GREETING
        for _ in range(MOST_TURNS):
            user = self._user.on_turn(said)
            if user is None:
                break
            self.turns.append(f"user: {heard(user.text)}")
            if user.leaves:
                return True
            said = says(*self.turns, known=self._known()).text
            self.turns.append(f"floyd: {said}")
        return False

    def _known(self) -> dict[str, Any]:
        facts = [{"subject": name, "value": value} for name, value in self.story.user_facts.items()]
        contacts = [{"name": name} for name in self.story.contacts]
        errands = [self._errand | {"standing": "waiting"}] if self._asks else []
        return KNOWN | {"facts": facts, "contacts": contacts, "open_errands": errands}

    @property
    def _asks(self) -> bool:
        return self.story.story == "voice_status"

    def wishes(self) -> list[tuple[str, str]]:
        spoken = []
        for turn in self.turns:
            speaker, _, text = turn.partition(": ")
            spoken.append({"speaker": speaker, "text": text})
        errand = {"id": 1, "request": self._errand["title"], "questions": ["How much?"]}
        errands = [errand] if self._asks else []
        text = "\n".join(each["text"] for each in spoken if each["speaker"] == "user")
        material = task("understanding", text=text, spoken=spoken, open_errands=errands)
        return [(each["kind"], each["text"]) for each in understand(material)["wishes"]]


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
