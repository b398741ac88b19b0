"""The story's own side of a demo: what its people text and say to Floyd, one thing at a time."""

from floyd.sandbox.client import ATTESTED, SandboxClient
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import Step, story_of

_MOST_ANSWERS = 4


class UsersPhone:
    """Texts and calls as the story has it; `texts` and `calls` count what reached Floyd's number.

    Most of it is the user's; a callee who calls back is part of some stories.
    """

    def __init__(self, sandbox: SandboxClient, scenario: Scenario) -> None:
        self._sandbox = sandbox
        self._user = scenario.user_phone
        self._story = story_of(scenario)
        self._steps = list(self._story.steps)
        self._read = 0
        self._answers = 0
        self.texts = 0
        self.calls = 0

    def go_on(self) -> bool:
        """Do what comes next, now that Floyd has nothing left to do; False if nothing does."""
        step = self._steps.pop(0) if self._steps else self._answer()
        if step is None:
            return False
        if step.caller:
            self._sandbox.call_floyd(step.phone, step.caller, ATTESTED)
            self.calls += 1
        else:
            self._sandbox.send_text(step.phone, step.text)
            self.texts += 1
        return True

    def _answer(self) -> Step | None:
        """The answer to the last of Floyd's questions since the last answer, if there is one."""
        thread = self._sandbox.thread(self._user)
        received = [text.body for text in thread if text.direction == "in"]
        replies = [self._story.reply_to(body) for body in received[self._read :]]
        self._read = len(received)
        reply = next((each for each in reversed(replies) if each), None)
        if reply is None or self._answers == _MOST_ANSWERS:
            return None
        self._answers += 1
        return Step(self._user, reply.text, reply.caller)
