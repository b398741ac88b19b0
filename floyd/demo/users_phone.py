"""The user's side of a demo: what Floyd texts in, the story's answers out."""

from floyd.sandbox.client import SandboxClient
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import story_of

_MOST_ANSWERS = 4


class UsersPhone:
    """Texts as the story has it. `sent` counts what it has sent."""

    def __init__(self, sandbox: SandboxClient, scenario: Scenario) -> None:
        self._sandbox = sandbox
        self._scenario = scenario
        self._story = story_of(scenario)
        self._read = 0
        self.sent = 0

    def begin(self) -> None:
        """Ask Floyd for what the story is about."""
        self._text(self._scenario.request)

    def answer(self) -> bool:
        """Answer the last of Floyd's questions since the last look, if there is one."""
        thread = self._sandbox.thread(self._scenario.user_phone)
        received = [text.body for text in thread if text.direction == "in"]
        answers = [self._story.answer_to(body) for body in received[self._read :]]
        self._read = len(received)
        answer = next((each for each in reversed(answers) if each), None)
        if answer is None or self.sent > _MOST_ANSWERS:
            return False
        self._text(answer)
        return True

    def _text(self, body: str) -> None:
        self._sandbox.send_text(self._scenario.user_phone, body)
        self.sent += 1
