"""The kinds of errands: what a user does, who picks up, and what the user answers; data only."""

from collections.abc import Sequence
from dataclasses import dataclass

from floyd.sandbox.stories import ASKS_FOR_LIMITS

SECRETARY = "school_secretary"
BY_TEXT = ""
_SAYS_WHEN = r'Text "drop it"'


@dataclass(frozen=True)
class Step:
    """Something done of one's own accord: a text with the story's request, or a call.

    Attributes:
        caller: who calls Floyd, by the name of a data file; BY_TEXT for a text.
        by_school: whether it is the school that calls, not the user.
    """

    caller: str = BY_TEXT
    by_school: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of errand.

    Attributes:
        name: for the tally.
        story: what is wanted, one of floyd.sandbox.scenario.STORIES.
        steps: what is done, each as soon as Floyd has nothing left to do.
        picks_up: who is at the school's phone, by the name of a data file.
        later: who is there after the first call; nobody else unless given.
        answer: (a pattern, what the user texts when a text of Floyd's has it), before all others.
        is_refused: whether Twilio refuses to dial the school.
    """

    name: str
    story: str = "school"
    steps: Sequence[Step] = (Step(),)
    picks_up: str = SECRETARY
    later: str = ""
    answer: tuple[str, str] | None = None
    is_refused: bool = False


_CALLS_BACK = Step("caller_secretary", by_school=True)

KINDS = (
    Kind("message by text"),
    Kind("message by phone", steps=(Step("caller_school"),)),
    Kind("order, limits asked for", "flowers"),
    Kind("line is busy", picks_up="busy"),
    Kind("booking, number asked for", "oil_change"),
    Kind("cancelled when asked", "flowers", answer=(ASKS_FOR_LIMITS, "Never mind, cancel it.")),
    Kind("voicemail", picks_up="voicemail"),
    Kind("number refused", is_refused=True),
    Kind("nobody answers", picks_up="unanswered"),
    Kind("order by phone", "flowers", (Step("caller_flowers_at_once"),)),
    Kind("callee is silent", picks_up="silent"),
    Kind("busy, then reached", picks_up="busy", later=SECRETARY),
    Kind(
        "voicemail, called back",
        picks_up="voicemail",
        steps=(Step(), _CALLS_BACK),
    ),
    Kind("dropped between tries", picks_up="busy", answer=(_SAYS_WHEN, "Drop it.")),
    Kind("line dies in mid-sentence", steps=(Step("caller_hangs_up"),)),
    Kind("asked how it goes", "flowers", (Step(), Step("caller_status"))),
    Kind("order, limits by phone later", "flowers", (Step("caller_flowers_later"),)),
)
