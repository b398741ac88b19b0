"""What a story asks of Floyd and how it should end: a scenario in, one story's data out."""

import re
from dataclasses import dataclass

from floyd.sandbox.scenario import Scenario


@dataclass(frozen=True)
class UserReply:
    """What the user texts back when Floyd asks about something."""

    asked: str
    text: str


@dataclass(frozen=True)
class Story:
    """One errand as its people see it.

    Attributes:
        callee: whom Floyd has to phone, at `phone`.
        calls: how often it has to.
        task: a pattern of words that belong to the task; none may come before the disclosure.
        told: what the text that ends it has to name.
        replies: the user's answers.
        book: where the callee writes down what was agreed.
    """

    callee: str
    phone: str
    calls: int
    task: str
    told: tuple[str, ...]
    book: str
    replies: tuple[UserReply, ...] = ()

    def answer_to(self, text: str) -> str | None:
        """What the user answers to a text of Floyd's; None where they have nothing to say."""
        if "?" not in text:
            return None
        found = (reply for reply in self.replies if re.search(reply.asked, text, re.IGNORECASE))
        return next((reply.text for reply in found), None)


def story_of(scenario: Scenario) -> Story:
    """The story that a scenario tells."""
    return {"school": _school, "flowers": _flowers, "oil_change": _oil_change}[scenario.story](
        scenario
    )


def _school(scenario: Scenario) -> Story:
    return Story(
        callee=scenario.school,
        phone=scenario.school_phone,
        calls=1,
        task=rf"\b(?:{scenario.child_first}|sick)\b",
        told=(scenario.child_first,),
        book="absences",
    )


def _flowers(scenario: Scenario) -> Story:
    answer = f"up to ${scenario.budget}, {scenario.flowers} are fine, {scenario.address}"
    return Story(
        callee=scenario.florist,
        phone=scenario.florist_phone,
        calls=2,
        task=rf"\b(?:{scenario.friend}|flowers|order)\b",
        told=(scenario.friend, scenario.flowers, f"${scenario.flowers_price}"),
        book="orders",
        replies=(UserReply("budget|cost|spend|how much|address|deliver|where", answer),),
    )


def _oil_change(scenario: Scenario) -> Story:
    answer = f"Their number is {scenario.garage_phone_written}"
    return Story(
        callee=scenario.garage,
        phone=scenario.garage_phone,
        calls=1,
        task=r"\b(?:oil change|book|next week)\b",
        told=(scenario.late_day, scenario.late_time),
        book="bookings",
        replies=(UserReply("number", answer),),
    )
