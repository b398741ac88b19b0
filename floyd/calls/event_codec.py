"""What is kept of a call's core: brief, events and commands in, JSON out, and back; pure.

Everything is written by the names of its class and fields, so that the vocabulary can grow. A field
that holds its default is left out of a command: one that is added later changes no older decision.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, asdict, fields, is_dataclass, replace
from functools import cache
from hashlib import blake2s
from typing import Any, cast, get_args

from pydantic import TypeAdapter

from floyd.calls import tools
from floyd.calls.brief import CallBrief
from floyd.calls.vocabulary import Command, Event
from floyd.services.model.protocol import Tool

Kept = dict[str, Any]
"""An object as JSON: its class's name as `type`, and its fields."""

A_STREAM = 1_000_000
"""How far apart the positions of the first rows of two streams of a call lie."""

BRIEF = CallBrief.__name__

_LONGEST_VALUE = 60
_EVENTS: dict[str, type] = {event.__name__: event for event in get_args(Event)}
_TOOLS = {
    tool.name: tool
    for offered in vars(tools).values()
    if isinstance(offered, tuple)
    for tool in offered
    if isinstance(tool, Tool)
}


def event_kept(event: Event | CallBrief) -> Kept:
    """Return an event, or the brief of a stream, to be kept."""
    if isinstance(event, CallBrief):
        return {"type": BRIEF, **_brief_kept(event)}
    return {"type": type(event).__name__, **asdict(event)}


def commands_kept(commands: Iterable[Command]) -> list[Kept]:
    """Return commands to be kept: of a long value, only what tells it from others."""
    return [{"type": type(each).__name__, **dict(_what_matters(each))} for each in commands]


def event_from(kept: Kept) -> Event:
    """Return an event that was kept.

    Raises:
        ValueError: there is no such event, or not of this shape.
    """
    kind = _EVENTS.get(str(kept.get("type")))
    if kind is None:
        raise ValueError(f"there is no event {kept.get('type')}")
    return cast(Event, _adapter(kind).validate_python(kept))


def brief_from(kept: Kept) -> CallBrief:
    """Return the brief of a stream, without the material, which only the model is told.

    Raises:
        ValueError: it is not of this shape.
    """
    role = kept.get("role", {})
    offered = [_TOOLS[name] for name in role.get("tools", ()) if name in _TOOLS]
    brief = {**kept, "role": {**role, "tools": offered}}
    return cast(CallBrief, _adapter(CallBrief).validate_python(brief))


def _brief_kept(brief: CallBrief) -> Kept:
    without_material = replace(brief, role=replace(brief.role, material={}))
    return cast(Kept, json.loads(json.dumps(without_material, default=_plain)))


def _what_matters(command: Command) -> Iterator[tuple[str, Any]]:
    for field in fields(command):
        value = getattr(command, field.name)
        if field.default is MISSING or value != field.default:
            yield field.name, _shortened(value)


def _shortened(value: Any) -> Any:
    """Return a short value as it is, and of a long one a digest."""
    if isinstance(value, bool | int | float) or value is None:
        return value
    written = json.dumps(value, default=_plain)
    if len(written) <= _LONGEST_VALUE:
        return json.loads(written)
    return f"#{blake2s(written.encode(), digest_size=8).hexdigest()}"


def _plain(value: Any) -> Any:
    """Return what JSON has no word for in words that it has."""
    if isinstance(value, Tool):
        return value.name
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} cannot be kept")


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
