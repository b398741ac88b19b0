"""The double in whole calls with people of the sandbox: at Floyd's desk, and on an errand."""

import json
import random
from collections.abc import Callable
from typing import Any

from floyd.prompts import instructions
from floyd.sandbox.openai.double import Reply, ToolCall, answer
from floyd.sandbox.openai.double.conversation import reply
from floyd.sandbox.openai.double.plan import plan
from floyd.sandbox.openai.double.report import report
from floyd.sandbox.openai.double.understanding import understand
from floyd.sandbox.people.caller import Caller
from floyd.sandbox.people.conversation import Conversation
from floyd.sandbox.people.errand_of_a_caller import ErrandOfACaller
from floyd.sandbox.people.person import Person, read_file
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import story_of
from tests.sandbox.chat_world import numbered, task

MOST_TURNS = 14
TOOLS = [{"type": "function", "function": {"name": "end_call"}}]
END_CALL = ToolCall("end_call", {})
GREETING = "Hi, this is Floyd, your AI assistant. What can I do for you?"
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


def at_the_desk(*turns: str, known: dict[str, Any] = KNOWN) -> Reply:
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
            said = at_the_desk(*self.turns, known=self._known()).text
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
