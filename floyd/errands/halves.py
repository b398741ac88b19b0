"""Whether what a user has sent is all of it, or half a message whose rest is on its way; pure."""

import re
from collections.abc import Sequence
from typing import Protocol

WAITS_FOR_REST_S = 4
"""How long the rest of a text that ends unfinished is waited for."""
TOGETHER_S = 5
"""Within how many seconds two texts are one message, if the first is not understood yet."""
MOST_TOGETHER = 5

_UNFINISHED = re.compile(
    r"(?:[,;:&+(\-\u2013\u2014\u2026]|\.\.)\s*$"
    r"|\b(?:and|or|but|to|the|an?|of|at|for|with|from|if|whether|because|my|our|your|their|tell)\s*$"
    r"|^\W*(?:(?:please|can you|could you|hi|hey|floyd)\W+)*(?:call|phone|ring|ask|order|book)\s*$",
    re.IGNORECASE,
)


class Received(Protocol):
    """A text that came in: its words, and when (epoch seconds)."""

    body: str
    received_at: float


def is_unfinished(body: str) -> bool:
    """Return whether a text breaks off, so that more is sure to come."""
    return _UNFINISHED.search(body) is not None


def belong_together(earlier: Received, later: Received) -> bool:
    """Return whether a text goes on where another, not understood yet, ended."""
    apart_s = later.received_at - earlier.received_at
    return apart_s <= TOGETHER_S


def waits_until(last: Received) -> float:
    """Return until when more is waited for after a text: not at all where it is whole."""
    return last.received_at + (WAITS_FOR_REST_S if is_unfinished(last.body) else 0)


def joined(bodies: Sequence[str]) -> str:
    """Return several texts as the one message that they are."""
    whole = bodies[0].rstrip()
    for body in bodies[1:]:
        whole += (" " if is_unfinished(whole) else "\n") + body.strip()
    return whole
