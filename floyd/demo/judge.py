"""The judge of a demo: the callee's order book and the user's phone in, a verdict per point out.

Nothing here asks Floyd how it went: only what people of the sandbox heard, wrote down and read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.client import PhoneCall, PhoneText
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import Story, story_of

_FAILED = re.compile(
    r"\b(?:could ?n[o']t|unable|failed|no answer|voicemail|try again|don't know)\b|\?", re.I
)
_TOLD = re.compile(r"\b(?:done|noted|marked|recorded|booked|ordered|knows?|told|informed)\b", re.I)
_BOOKKEEPING = ("call", "at")
_WITH_DIGITS = re.compile(r"\w*\d\w*")


@dataclass(frozen=True)
class Point:
    """One thing that had to come out right."""

    what: str
    is_right: bool
    seen: str


@dataclass(frozen=True)
class Evidence:
    """What the sandbox's people have.

    Attributes:
        problems: what differs from the story in the order books.
        books: the order books, by name.
        calls: every call on the phone network.
        texts: the thread on the user's phone; `in` is what it received.
    """

    problems: Sequence[str]
    books: dict[str, list[dict[str, Any]]]
    calls: Sequence[PhoneCall]
    texts: Sequence[PhoneText]


def judge(scenario: Scenario, evidence: Evidence) -> list[Point]:
    """Return a verdict on every point."""
    story = story_of(scenario)
    return [
        _order_book(story, evidence),
        _calls(story, evidence.calls),
        *(_disclosure(scenario, story, call) for call in evidence.calls),
        _announced(story, evidence.texts),
        *_asked(story, evidence.texts),
        _told(scenario, story, evidence),
    ]


def _order_book(story: Story, evidence: Evidence) -> Point:
    noted = [
        ", ".join(f"{name} {value}" for name, value in entry.items() if name not in _BOOKKEEPING)
        for entry in evidence.books.get(story.book, [])
    ]
    seen = "; ".join([*evidence.problems, *noted]) or "empty"
    return Point(f"{story.callee} noted what was wanted", not evidence.problems, seen)


def _calls(story: Story, calls: Sequence[PhoneCall]) -> Point:
    made = [(call.to, call.status) for call in calls]
    seen = ", ".join(f"{call.to} {call.status}" for call in calls) or "no call"
    wanted = "one call" if story.calls == 1 else f"{story.calls} calls"
    is_right = made == [(story.phone, "completed")] * story.calls
    return Point(f"{wanted}, to {story.callee}", is_right, seen)


def _disclosure(scenario: Scenario, story: Story, call: PhoneCall) -> Point:
    """An AI and its user are named before any word of the task."""
    first = next((said.text for said in call.transcript if said.speaker == "line"), "")
    before = re.split(story.task, first, maxsplit=1)[0]
    is_right = "AI assistant" in before and scenario.user in before
    return Point("Floyd said first that it is an AI", is_right, first or "nothing was heard")


def _announced(story: Story, texts: Sequence[PhoneText]) -> Point:
    calling = [body for body in _received(texts) if f"Calling {story.callee}" in body]
    seen = "; ".join(calling)
    return Point("a text said each time that it is calling", len(calling) == story.calls, seen)


def _asked(story: Story, texts: Sequence[PhoneText]) -> list[Point]:
    """What only the user knows was asked in one text."""
    if not story.replies:
        return []
    asked = [body for body in _received(texts) if story.answer_to(body)]
    return [Point("one text asked for what was missing", len(asked) == 1, "; ".join(asked))]


def _told(scenario: Scenario, story: Story, evidence: Evidence) -> Point:
    """The last text names what matters, claims success, asks nothing, and invents no figure."""
    last = next(reversed(_received(evidence.texts)), "")
    known = [said.text for call in evidence.calls for said in call.transcript]
    known += [text.body for text in evidence.texts[:-1]] + [scenario.user, scenario.class_name]
    said = " ".join(known).lower()
    invented = [word for word in _WITH_DIGITS.findall(last.lower()) if word not in said]
    succeeded = _TOLD.search(last) is not None and not _FAILED.search(last)
    is_right = all(words in last for words in story.told) and succeeded and not invented
    return Point("the last text tells what came of it, and nothing else", is_right, last)


def _received(texts: Sequence[PhoneText]) -> list[str]:
    return [text.body for text in texts if text.direction == "in"]
