"""The people whom Floyd may call and who call it: data files in, phones on the network out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.network.phones import BusyPhone, Phone, UnansweredPhone
from floyd.sandbox.people.answers import Answer
from floyd.sandbox.people.caller import Caller
from floyd.sandbox.people.calling_back import CallingBack
from floyd.sandbox.people.conversation import Conversation
from floyd.sandbox.people.errand_of_a_caller import ErrandOfACaller
from floyd.sandbox.people.manner import Manner
from floyd.sandbox.people.other_assistant import OtherAssistant
from floyd.sandbox.people.person import Person, read_file
from floyd.sandbox.people.phones import Household, PersonPhone, SilentPhone, VoicemailPhone
from floyd.sandbox.people.templates import fill
from floyd.sandbox.scenario import Scenario


@dataclass(frozen=True)
class _Order:
    """A phone that is wanted: whose, and whether it makes the call."""

    name: str
    table: Mapping[str, Any]
    household: Household
    scenario: Scenario
    calls: bool


def build_phone(
    name: str, household: Household, scenario: Scenario, *, calls: bool = False
) -> Phone:
    """The phone that a data file describes, e.g. `school_secretary`, `voicemail`, `caller_school`.

    Args:
        name: of the file.
        household: what all phones share.
        scenario: whose facts are filled in.
        calls: whether it makes the call, so that the other side speaks first.

    Raises:
        ValueError: there is no such file, or its kind is unknown.
    """
    table = read_file(name)
    kind = table["kind"]
    if kind not in _KINDS:
        raise ValueError(f"{name}.toml has an unknown kind: {kind}")
    return _KINDS[kind](_Order(name, table, household, scenario, calls))


def who_answers_then(name: str) -> str | None:
    """Who picks up at the phone from which somebody has called back; None for other callers."""
    table = read_file(name)
    return str(table["person"]) if table["kind"] == "calls_back" else None


def _person(order: _Order) -> Phone:
    person = Person.from_toml(order.table, order.scenario)
    return PersonPhone(
        order.household,
        person.manner,
        person.book,
        lambda draw: Conversation(person, draw),
        book=person.book,
    )


def _caller(order: _Order) -> Phone:
    caller = Caller.from_toml(order.table, read_file("callers"), order.scenario)
    return PersonPhone(
        order.household, caller.manner, order.name, lambda draw: ErrandOfACaller(caller, draw)
    )


def _calling_back(order: _Order) -> Phone:
    person = Person.from_toml(read_file(order.table["person"]), order.scenario)
    words = order.scenario.words()
    introductions = [fill(line, words) for line in order.table["introductions"]]
    answers = [Answer.from_toml(each, words) for each in order.table["answers"]]
    return PersonPhone(
        order.household,
        person.manner,
        order.name,
        lambda draw: CallingBack(Conversation(person, draw), introductions, answers, draw),
        book=person.book,
    )


def _assistant(order: _Order) -> Phone:
    words = order.scenario.words()
    says = {
        occasion: [fill(line, words) for line in lines]
        for occasion, lines in order.table["says"].items()
    }
    return PersonPhone(
        order.household,
        Manner.from_toml(order.table),
        order.name,
        lambda draw: OtherAssistant(says, draw, picks_up=not order.calls),
    )


def _voicemail(order: _Order) -> Phone:
    return VoicemailPhone(
        order.household,
        greeting=fill(order.table["greeting"], order.scenario.words()),
        voice=order.table["voice"],
        rings=order.table["rings"],
        max_s=order.table["max_s"],
    )


_KINDS: dict[str, Callable[[_Order], Phone]] = {
    "person": _person,
    "caller": _caller,
    "calls_back": _calling_back,
    "assistant": _assistant,
    "voicemail": _voicemail,
    "silent": lambda order: SilentPhone(order.household, rings=order.table["rings"]),
    "busy": lambda order: BusyPhone(),
    "unanswered": lambda order: UnansweredPhone(),
}
