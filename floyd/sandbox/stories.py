"""What a story asks of Floyd and how it should end: a scenario in, one story's data out."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from floyd.sandbox.scenario import Scenario

# A text that repeats the user's own words asks nothing, whatever they asked.
REPEATS = "You asked me by phone:"
ASKS_FOR_LIMITS = "budget|cost|spend|how much|address|deliver|where"


@dataclass(frozen=True)
class UserReply:
    """What the user answers when Floyd's text asks about something.

    Attributes:
        asked: a pattern of what such a text asks.
        text: the answer as it is texted.
        caller: who phones Floyd to say it instead, by the name of a data file; empty for a text.
    """

    asked: str
    text: str
    caller: str = ""


@dataclass(frozen=True)
class Step:
    """What somebody does of their own accord: either a text to Floyd or a call.

    Attributes:
        phone: whose phone it is.
        text: what is texted.
        caller: who calls, by the name of a data file.
    """

    phone: str
    text: str = ""
    caller: str = ""


@dataclass(frozen=True)
class Story:
    """One errand as its people see it.

    Attributes:
        callee: whom Floyd has to phone, at `phone`.
        calls: how often it has to.
        spared: how many of these it may be spared because it has asked its user before.
        task: a pattern of words that belong to the task; none may come before the disclosure.
        told: what the text that ends it has to name.
        book: where the callee writes down what was agreed.
        steps: what is done to Floyd, in this order: each as soon as it has nothing left to do.
        replies: the user's answers to what Floyd has asked by text, once all steps are done.
        phones: who answers a number until somebody calls from there, by the name of a data file.
        notes: other books that may have entries.
        confirmed: what the first text after the user's call has to name; empty if none is due.
        heard: what Floyd has to say to the user on the phone.
    """

    callee: str
    phone: str
    calls: int
    task: str
    told: tuple[str, ...]
    book: str
    steps: tuple[Step, ...]
    replies: tuple[UserReply, ...] = ()
    spared: int = 0
    phones: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()

    def reply_to(self, text: str) -> UserReply | None:
        """How the user answers a text of Floyd's; None where they have nothing to say."""
        if "?" not in text or text.startswith(REPEATS):
            return None
        found = (reply for reply in self.replies if re.search(reply.asked, text, re.IGNORECASE))
        return next(found, None)

    def answer_to(self, text: str) -> str | None:
        """The words of that answer."""
        reply = self.reply_to(text)
        return reply.text if reply else None


def story_of(scenario: Scenario) -> Story:
    """The story that a scenario tells."""
    return _STORIES[scenario.story](scenario)


# By text


def _school(scenario: Scenario) -> Story:
    return Story(
        callee=scenario.school,
        phone=scenario.school_phone,
        calls=1,
        task=rf"\b(?:{scenario.child_first}|sick)\b",
        told=(scenario.child_first,),
        book="absences",
        steps=(Step(scenario.user_phone, scenario.request),),
    )


def _flowers(scenario: Scenario) -> Story:
    return Story(
        callee=scenario.florist,
        phone=scenario.florist_phone,
        calls=2,
        task=rf"\b(?:{scenario.friend}|flowers|order)\b",
        told=(scenario.friend, scenario.flowers, f"${scenario.flowers_price}"),
        book="orders",
        steps=(Step(scenario.user_phone, scenario.request),),
        replies=(UserReply(ASKS_FOR_LIMITS, scenario.answer),),
    )


def _oil_change(scenario: Scenario) -> Story:
    return Story(
        callee=scenario.garage,
        phone=scenario.garage_phone,
        calls=1,
        task=r"\b(?:oil change|book|next week)\b",
        told=(scenario.late_day, scenario.late_time),
        book="bookings",
        steps=(Step(scenario.user_phone, scenario.request),),
        replies=(UserReply("number", scenario.answer),),
    )


# By phone


def _voice_school(scenario: Scenario) -> Story:
    """The user phones Floyd, Floyd phones the school."""
    return replace(
        _school(scenario),
        steps=(Step(scenario.user_phone, caller="caller_school"),),
        confirmed=(scenario.child_first,),
        heard=(scenario.child_first,),
    )


def _voice_hang_up(scenario: Scenario) -> Story:
    """The user's line is gone in mid-sentence; what was understood is done all the same."""
    return replace(
        _school(scenario),
        steps=(Step(scenario.user_phone, caller="caller_hangs_up"),),
        confirmed=(scenario.child_first,),
    )


def _voice_flowers(scenario: Scenario) -> Story:
    """The user says all at once, or what Floyd asks for: on the line, or in a second call."""
    callers = ("caller_flowers_later", "caller_flowers_at_once", "caller_flowers")
    caller = callers[scenario.seed % len(callers)]
    return replace(
        _flowers(scenario),
        calls=1 if caller == "caller_flowers_at_once" else 2,
        spared=0 if caller == "caller_flowers_at_once" else 1,
        steps=(Step(scenario.user_phone, caller=caller),),
        replies=(UserReply(ASKS_FOR_LIMITS, scenario.answer, caller="caller_answer"),),
        confirmed=(scenario.friend,),
        heard=(scenario.friend,),
    )


def _voice_status(scenario: Scenario) -> Story:
    """While Floyd waits for an answer, the user phones to ask how it is going."""
    told = _flowers(scenario)
    asks = Step(scenario.user_phone, caller="caller_status")
    return replace(told, steps=(*told.steps, asks), heard=(scenario.friend,))


def _voice_return(scenario: Scenario) -> Story:
    """Floyd reaches a machine; whom it called calls back, and all is settled in that call."""
    if scenario.errand == "school":
        told, machine, caller = _school(scenario), "voicemail", "caller_secretary"
    else:
        told, machine, caller = _flowers(scenario), "florist_voicemail", "caller_florist"
    asks = told.steps[0] if scenario.errand == "school" else _at_once(scenario)
    return replace(
        told,
        calls=1,
        steps=(asks, Step(told.phone, caller=caller)),
        replies=(),
        phones=((told.phone, machine),),
        notes=("voicemails",),
    )


def _at_once(scenario: Scenario) -> Step:
    limits = scenario.answer[0].upper() + scenario.answer[1:]
    return Step(scenario.user_phone, f"{scenario.request} {limits}.")


_STORIES: dict[str, Callable[[Scenario], Story]] = {
    "school": _school,
    "flowers": _flowers,
    "oil_change": _oil_change,
    "voice_school": _voice_school,
    "voice_flowers": _voice_flowers,
    "voice_return": _voice_return,
    "voice_hang_up": _voice_hang_up,
    "voice_status": _voice_status,
}
