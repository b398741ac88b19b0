"""What is kept of a call's core: brief, events and commands in, JSON out, and back; pure.

Everything is written by the names of its class and fields, so that the vocabulary can grow. A field
that holds its default is left out of a command: one that is added later changes no older decision.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields, is_dataclass, replace
from functools import cache
from hashlib import blake2s
from typing import Any, cast, get_args

from pydantic import TypeAdapter, ValidationError

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


def whole(thing: Event | Command | CallBrief) -> Kept:
    """Return all of an event or a command, or of a brief all but what only the model is told."""
    if isinstance(thing, CallBrief):
        thing = replace(thing, role=replace(thing.role, material={}))
    return {"type": type(thing).__name__, **json.loads(json.dumps(thing, default=_plain))}


def shortened(commands: Iterable[Command]) -> list[Kept]:
    """Return commands: of a long value only what tells it from others."""
    return [{"type": type(each).__name__, **dict(_what_matters(each))} for each in commands]


def event_from(kept: Kept) -> Event:
    """Return an event that was kept.

    Raises:
        ValueError: there is no such event, or not of this shape.
    """
    kind = _EVENTS.get(str(kept.get("type")))
    if kind is None:
        raise ValueError(f"there is no event {kept.get('type')}")
    return cast(Event, _read(kind, kept))


def brief_from(kept: Kept) -> CallBrief:
    """Return the brief of a stream, without the material, which only the model is told.

    A tool that there is no more is not offered.

    Raises:
        ValueError: it is not of this shape.
    """
    role = kept.get("role", {})
    offered = [_TOOLS[name] for name in role.get("tools", ()) if name in _TOOLS]
    return cast(CallBrief, _read(CallBrief, {**kept, "role": {**role, "tools": offered}}))


def _read(kind: type, kept: Kept) -> Any:
    try:
        return _adapter(kind).validate_python(kept)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, (kind.__name__, *first["loc"])))
        raise ValueError(f"{where}: {first['msg']}") from error


def _what_matters(command: Command) -> Iterator[tuple[str, Any]]:
    for field in fields(command):
        value = getattr(command, field.name)
        if field.default is MISSING or value != field.default:
            yield field.name, _short(value)


def _short(value: Any) -> Any:
    """Return a short value as it is, and of a long one a digest."""
    if value is None or isinstance(value, int | float):
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
