"""Somebody who phones Floyd, as a data file describes them, with one story's facts filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.people.answers import Answer
from floyd.sandbox.people.manner import Manner
from floyd.sandbox.people.templates import fill
from floyd.sandbox.scenario import Scenario

Request = tuple[str, ...]


@dataclass(frozen=True)
class Caller:
    """A user on the phone; callers.toml explains the file.

    Attributes:
        requests: ways to say what they want, each of one or more utterances.
        says: by occasion, the ways of saying it.
        own_answers: what they say when asked.
        answers: what every user says to a question that finds no answer among their own.
        most_turns: of the other side, after the request; then they say goodbye.
    """

    manner: Manner
    requests: tuple[Request, ...]
    says: dict[str, tuple[str, ...]]
    own_answers: tuple[Answer, ...]
    answers: tuple[Answer, ...]
    most_turns: int

    @classmethod
    def from_toml(
        cls, own: Mapping[str, Any], common: Mapping[str, Any], scenario: Scenario
    ) -> "Caller":
        """Fill a caller's file, laid over what all callers have in common."""
        words = scenario.words()
        table = {**common, **own}
        says = common["says"] | own.get("says", {})
        return cls(
            manner=Manner.from_toml(table),
            requests=tuple(tuple(fill(line, words) for line in each) for each in table["requests"]),
            says={name: tuple(fill(line, words) for line in says[name]) for name in says},
            own_answers=tuple(Answer.from_toml(each, words) for each in own.get("answers", [])),
            answers=tuple(Answer.from_toml(each, words) for each in common["answers"]),
            most_turns=table["most_turns"],
        )
