"""The judge of a demo: the callee's order book and the user's phone in, a verdict per point out.

Nothing here asks Floyd how it went: only what people of the sandbox heard, wrote down and read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.client import HeardUtterance, PhoneCall, PhoneText
from floyd.sandbox.scenario import Scenario
from floyd.sandbox.stories import Story, story_of

_FAILED = re.compile(
    r"\b(?:could ?n[o']t|unable|failed|no answer|voicemail|try again|don't know)\b|\?", re.I
)
_LEAVES_IT_TO_USER = re.compile(r"\bagain\b[^.?]*\?|again at .* to stop\.", re.I)
_TOLD = re.compile(r"\b(?:done|noted|marked|recorded|booked|ordered|knows?|told|informed)\b", re.I)
_BY_PHONE = "by phone"
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
    made = _made(scenario, evidence)
    taken = [call for call in evidence.calls if call not in made]
    return [
        _order_book(story, evidence),
        _calls(story, made),
        *(_disclosure(story, call, ("AI assistant", scenario.user)) for call in made),
        *(_disclosure(story, call, ("AI assistant",)) for call in taken),
        *_said_by_phone(scenario, story, taken),
        *_confirmed(story, evidence.texts),
        _announced(story, evidence.texts, len(made)),
        *_asked(story, evidence.texts),
        _told(scenario, story, evidence),
    ]


def judge_broken_off(scenario: Scenario, evidence: Evidence) -> list[Point]:
    """Return a verdict on every point where a call broke off and nobody could go on with it."""
    story = story_of(scenario)
    made = _made(scenario, evidence)
    return [
        _calls(story, made),
        *(_disclosure(story, call, ("AI assistant", scenario.user)) for call in made),
        _announced(story, evidence.texts, len(made)),
        _left_to_user(evidence.texts),
    ]


def _made(scenario: Scenario, evidence: Evidence) -> list[PhoneCall]:
    return [call for call in evidence.calls if call.from_ == scenario.floyd_phone]


def _order_book(story: Story, evidence: Evidence) -> Point:
    noted = [
        ", ".join(f"{name} {value}" for name, value in entry.items() if name not in _BOOKKEEPING)
        for entry in evidence.books.get(story.book, [])
    ]
    seen = "; ".join([*evidence.problems, *noted]) or "empty"
    return Point(f"{story.callee} noted what was wanted", not evidence.problems, seen)


def _calls(story: Story, made: Sequence[PhoneCall]) -> Point:
    seen = ", ".join(f"{call.to} {call.status}" for call in made) or "no call"
    wanted = "one call" if story.calls == 1 else f"{story.calls} calls"
    if story.spared:
        wanted = f"{story.calls - story.spared} to {wanted}"
    went_well = all((call.to, call.status) == (story.phone, "completed") for call in made)
    is_right = went_well and story.calls - story.spared <= len(made) <= story.calls
    return Point(f"{wanted}, to {story.callee}", is_right, seen)


def _disclosure(story: Story, call: PhoneCall, names: Sequence[str]) -> Point:
    """Who speaks is said before any word of the task: an AI, and in calls that it makes, whose.

    To a machine on which it leaves no message Floyd may say nothing at all.
    """
    first = _words_of("line", call.transcript, 1)
    before = re.split(story.task, first, maxsplit=1)[0]
    is_right = not first or all(name in before for name in names)
    return Point("Floyd said first that it is an AI", is_right, first or "nothing was heard")


def _said_by_phone(scenario: Scenario, story: Story, taken: Sequence[PhoneCall]) -> list[Point]:
    """What the user wanted to hear on the phone was said there."""
    if not story.heard:
        return []
    users = [call for call in taken if call.from_ == scenario.user_phone]
    seen = " / ".join(_words_of("line", call.transcript) for call in users)
    is_right = all(words in seen for words in story.heard)
    return [Point("the user heard on the phone what it is about", is_right, seen or "nothing")]


def _confirmed(story: Story, texts: Sequence[PhoneText]) -> list[Point]:
    """The first text after the user's call says what was understood."""
    if not story.confirmed:
        return []
    first = next(iter(_received(texts)), "")
    # A recogniser that is cut off in mid-sentence writes names in small letters.
    is_right = all(words.lower() in first.lower() for words in (_BY_PHONE, *story.confirmed))
    return [Point("the first text confirmed what was said by phone", is_right, first)]


def _announced(story: Story, texts: Sequence[PhoneText], calls: int) -> Point:
    calling = [body for body in _received(texts) if f"Calling {story.callee}" in body]
    seen = "; ".join(calling)
    return Point("a text said each time that it is calling", len(calling) == calls, seen)


def _asked(story: Story, texts: Sequence[PhoneText]) -> list[Point]:
    """What only the user knows was asked in one text, unless they have said it on the phone.

    Whoever asks how it is going is told once more what Floyd waits for.
    """
    if not story.replies:
        return []
    asked = [body for body in _received(texts) if story.answer_to(body)]
    least = 0 if story.steps[0].caller else 1
    is_right = least <= len(asked) <= len(story.steps)
    return [Point("one text asked for what was missing", is_right, "; ".join(asked))]


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


def _left_to_user(texts: Sequence[PhoneText]) -> Point:
    """The last text claims nothing; it asks whether to call again, or tells how to stop that."""
    last = next(reversed(_received(texts)), "")
    is_right = _LEAVES_IT_TO_USER.search(last) is not None and not last.startswith("Done")
    return Point("the last text leaves it to the user whether to call again", is_right, last)


def _words_of(speaker: str, transcript: Sequence[HeardUtterance], most: int | None = None) -> str:
    return " ".join([said.text for said in transcript if said.speaker == speaker][:most])


def _received(texts: Sequence[PhoneText]) -> list[str]:
    return [text.body for text in texts if text.direction == "in"]
