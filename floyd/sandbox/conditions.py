"""The conditions of all stand-ins, and how they are read and changed while the world runs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from typing import Any

from floyd.sandbox.google.conditions import GoogleConditions
from floyd.sandbox.openai.conditions import OpenAIConditions
from floyd.sandbox.places import PlacesConditions
from floyd.sandbox.twilio.conditions import TwilioConditions


class UnknownConditionError(ValueError):
    """A condition that no stand-in has, or a value that it cannot have."""


@dataclass
class Conditions:
    """One set of conditions for each stand-in; each is changed in place."""

    twilio: TwilioConditions = field(default_factory=TwilioConditions)
    google: GoogleConditions = field(default_factory=GoogleConditions)
    openai: OpenAIConditions = field(default_factory=OpenAIConditions)
    places: PlacesConditions = field(default_factory=PlacesConditions)

    def change(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Set conditions by stand-in and name.

        Raises:
            UnknownConditionError: nothing was changed.
        """
        checked = [
            (target, name, _checked(target, name, value))
            for target, values in [(self._part(part), changes[part]) for part in changes]
            for name, value in values.items()
        ]
        for target, name, value in checked:
            setattr(target, name, value)

    def reset(self) -> None:
        """Go back to the defaults."""
        self.change(asdict(Conditions()))

    def as_json(self) -> dict[str, Any]:
        """All conditions as JSON values."""
        return asdict(self)

    def _part(self, part: str) -> Any:
        if part not in {each.name for each in fields(self)}:
            raise UnknownConditionError(f"no stand-in is called {part}")
        return getattr(self, part)


def _checked(target: Any, name: str, value: Any) -> Any:
    if name not in {each.name for each in fields(target)}:
        raise UnknownConditionError(f"there is no condition {name}")
    present = getattr(target, name)
    try:
        return type(present)(value) if isinstance(present, Enum) else value
    except ValueError as error:
        raise UnknownConditionError(f"{name}: {error}") from error
