"""The user of a demo: what Floyd asks is answered, once, and not forever."""

from floyd.demo.users_phone import UsersPhone
from floyd.sandbox.client import PhoneText, SandboxClient
from floyd.sandbox.scenario import Scenario

STORY = Scenario.from_seed(0, "oil_change")


class Thread(SandboxClient):
    """A phone's texts without a world around it."""

    def __init__(self) -> None:
        super().__init__("")
        self.texts: list[PhoneText] = []

    def send_text(self, from_: str, body: str, media: object = ()) -> str:
        self._add("out", body)
        return "SM1"

    def thread(self, number: str) -> list[PhoneText]:
        return self.texts

    def receive(self, body: str) -> None:
        self._add("in", body)

    def sent(self) -> list[str]:
        return [text.body for text in self.texts if text.direction == "out"]

    def _add(self, direction: str, body: str) -> None:
        number = len(self.texts) + 1
        self.texts.append(PhoneText(number, direction, STORY.floyd_phone, body, "SM1", ""))


def test_a_question_is_answered_once() -> None:
    thread = Thread()
    user = UsersPhone(thread, STORY)
    user.begin()
    assert not user.answer()
    thread.receive("What number should I call?")
    assert user.answer()
    assert not user.answer()
    assert thread.sent() == [STORY.request, f"Their number is {STORY.garage_phone_written}"]
    assert user.sent == len(thread.sent())


def test_what_needs_no_answer_gets_none() -> None:
    thread = Thread()
    user = UsersPhone(thread, STORY)
    user.begin()
    thread.receive(f"Calling {STORY.garage} now.")
    assert not user.answer()


def test_a_floyd_that_asks_forever_is_left_without_an_answer() -> None:
    thread = Thread()
    user = UsersPhone(thread, STORY)
    user.begin()
    answered = 0
    for _ in range(10):
        thread.receive("What number should I call?")
        answered += user.answer()
    assert answered == 4
