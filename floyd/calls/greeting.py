"""How the callee's first words are taken: a person, or a machine that will go on talking; pure."""

import re

from floyd.calls.endings import Ending, ending_of

NOTHING_SAID_S = 2.0
# The click of the pick-up, a breath: a greeting is longer, or has words.
SHORTEST_GREETING_S = 0.25
SHORT_GREETING_S = 1.8
SHORT_PAUSE_S = 0.35
LONG_PAUSE_S = 0.6
UNFINISHED_PAUSE_S = 1.0

_MACHINE = re.compile(
    r"leave (?:a|your|me a) message|after the (?:tone|beep)|voice ?mail|not available"
    r"|can't (?:come to|take)|press (?:\d|one|two|zero)|for .{1,40} press",
    re.IGNORECASE,
)
_MACHINE_TALKS_ON_S = 20.0
_OVER_TO_THE_CALLER = re.compile(
    r"\b(?:(?:help|assist) you(?: today)?|do for you(?: today)?|direct your call|take your order"
    r"|morning|afternoon|evening|speaking|hello|how are you(?: today)?"
    r"|(?:this is|my name is|my name's) \w+)\W*$|\?\s*$",
    re.IGNORECASE,
)


def is_machine(text: str) -> bool:
    """Say whether the first words are those of a machine, which will go on talking."""
    return _MACHINE.search(text) is not None


def pause_before_introduction_s(text: str, spoken_s: float) -> float:
    """Return how long it must be quiet after the first words before Floyd introduces itself.

    Args:
        text: what was understood of them so far.
        spoken_s: how long they lasted.
    """
    if is_machine(text):
        return _MACHINE_TALKS_ON_S
    if spoken_s <= SHORT_GREETING_S or _OVER_TO_THE_CALLER.search(text):
        return SHORT_PAUSE_S
    if ending_of(text) in (Ending.UNFINISHED, Ending.DICTATING):
        return UNFINISHED_PAUSE_S
    return LONG_PAUSE_S
