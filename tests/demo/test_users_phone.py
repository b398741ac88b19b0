"""The story's side of a demo: everything in its turn, what Floyd asks answered, not forever."""

from dataclasses import dataclass, field

from floyd.demo.users_phone import UsersPhone
from floyd.sandbox.client import ATTESTED, PhoneText, SandboxClient
from floyd.sandbox.scenario import Scenario

STORY = Scenario.from_seed(0, "oil_change")


@dataclass
class Phones(SandboxClient):
    """A user's phone, and who calls from where, without a world around it."""

    texts: list[PhoneText] = field(default_factory=list)
    callers: list[tuple[str, str, str | None]] = field(default_factory=list)

    def send_text(self, from_: str, body: str, media: object = ()) -> str:
        self._add("out", body)
        return "SM1"

    def thread(self, number: str) -> list[PhoneText]:
        return self.texts

    def call_floyd(self, from_: str, person: str, stir_verstat: str | None = None) -> str:
        self.callers.append((from_, person, stir_verstat))
        return "CA1"

    def receive(self, body: str) -> None:
        self._add("in", body)

    def sent(self) -> list[str]:
        return [text.body for text in self.texts if text.direction == "out"]

    def _add(self, direction: str, body: str) -> None:
        number = len(self.texts) + 1
        self.texts.append(PhoneText(number, direction, STORY.floyd_phone, body, "SM1", ""))


def test_a_question_is_answered_once() -> None:
    phones = Phones()
    user = UsersPhone(phones, STORY)
    assert user.go_on()
    assert not user.go_on()
    phones.receive("What number should I call?")
    assert user.go_on()
    assert not user.go_on()
    assert phones.sent() == [STORY.request, f"Their number is {STORY.garage_phone_written}"]
    assert (user.texts, user.calls) == (2, 0)


def test_what_needs_no_answer_gets_none() -> None:
    phones = Phones()
    user = UsersPhone(phones, STORY)
    user.go_on()
    phones.receive(f"Calling {STORY.garage} now.")
    assert not user.go_on()


def test_a_floyd_that_asks_forever_is_left_without_an_answer() -> None:
    phones = Phones()
    user = UsersPhone(phones, STORY)
    user.go_on()
    answered = 0
    for _ in range(10):
        phones.receive("What number should I call?")
        answered += user.go_on()
    assert answered == 4


def test_a_story_may_be_told_by_phone() -> None:
    phones = Phones()
    story = Scenario.from_seed(0, "voice_school")
    user = UsersPhone(phones, story)
    assert user.go_on()
    assert phones.callers == [(story.user_phone, "caller_school", ATTESTED)]
    assert (user.texts, user.calls) == (0, 1)


def test_a_callee_calls_back_once_floyd_has_called() -> None:
    phones = Phones()
    story = Scenario.from_seed(0, "voice_return")
    user = UsersPhone(phones, story)
    assert user.go_on()
    assert user.go_on()
    assert phones.sent() == [story.request]
    assert phones.callers == [(story.school_phone, "caller_secretary", ATTESTED)]
