"""The tally of a run: evidence in, lines out; pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chaos.evidence import Evidence
from chaos.invariants import VOICEMAILS
from chaos.schedule import Kill
from chaos.verdict import SUCCESS, Wanted, outcome_of

_ACCEPTED = 201
_ATTEMPT = re.compile(r"/twilio/calls/(\w+)/status")
_NEVER_PLACED = "never_placed"
_WHY = {
    _ACCEPTED: "taken",
    400: "refused",
    429: "too many at once, not taken",
    499: "lost on its way, not taken",
}


def tally(seen: Evidence, wanted: Sequence[Wanted], kills: Sequence[Kill]) -> list[str]:
    """Return the lines that tell of a run."""
    return [
        *_errands(seen, wanted),
        f"  noted by a callee and not claimed, for it was not heard: {_unconfirmed(seen)}",
        _line("killed", Counter(kill.process for kill in kills)),
        _line("calls made", Counter(_last_states(seen, "outbound-api").values())),
        _line("calls taken", Counter(_last_states(seen, "inbound").values())),
        f"  resumes: {_resumes(seen)}; streams lost: {len(list(_of(seen, 'stream-error')))}",
        _line("texts out", Counter(text["state"] for text in seen.outbound)),
        f"  texts in: {len(seen.inbound)}, {sum(1 for t in seen.inbound if t['call'])} by phone",
        *_asked_twice(seen),
    ]


def _errands(seen: Evidence, wanted: Sequence[Wanted]) -> Iterator[str]:
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    outcomes = {errand["user"]: outcome_of(errand) for errand in seen.errands}
    for each in wanted:
        by_kind[each.kind][outcomes.get(each.user, "no errand")] += 1
    yield f"{len(wanted)} errands:"
    yield from (_line(kind, counted) for kind, counted in by_kind.items())


def _unconfirmed(seen: Evidence) -> int:
    """Count what a callee noted and Floyd, which did not hear so, does not claim."""
    noted = {e["call"] for name, book in seen.books.items() if name != VOICEMAILS for e in book}
    errands = {call["errand"] for call in seen.calls if call["sid"] in noted}
    claimed = {errand["id"] for errand in seen.errands if errand["outcome"] in SUCCESS}
    return len(errands - claimed)


def _line(name: str, counted: Mapping[str, int]) -> str:
    parts = ", ".join(f"{number} {what}" for what, number in sorted(counted.items()))
    return f"  {name}: {parts or 'none'}"


def _last_states(seen: Evidence, direction: str) -> dict[str, str]:
    states = {event["call"]: event["status"] for event in _of(seen, "call.status")}
    created = (event for event in _of(seen, "call.created") if event["direction"] == direction)
    return {event["call"]: states.get(event["call"], "queued") for event in created}


def _resumes(seen: Evidence) -> int:
    """Count the media streams beyond the first one of each call."""
    streams = Counter(event["call"] for event in _of(seen, "stream-started"))
    return sum(number - 1 for number in streams.values())


def _asked_twice(seen: Evidence) -> Iterator[str]:
    """Yield what Twilio was asked for more than once, and why that is right."""
    texts, dials = _requests(seen, "POST Messages"), _requests(seen, "POST Calls")
    again = [statuses for asked in (texts, dials) for statuses in asked.values()]
    twice = Counter(_way(statuses) for statuses in again if len(statuses) > 1)
    yield _line("one text or attempt asked for again", twice)
    anew = Counter(_occasion(call) for call in _further_calls(seen))
    yield _line("an errand's further calls", anew)
    names = (event["name"].partition("/")[0] for event in _of(seen, "twilio.api"))
    looks = Counter(name for name in names if name.startswith("GET "))
    yield _line("looked up instead of asked for again", looks)


def _requests(seen: Evidence, name: str) -> dict[str, list[int]]:
    """Return the statuses of all requests for the same text or the same attempt."""
    found: dict[str, list[int]] = defaultdict(list)
    for event in _of(seen, "twilio.api"):
        if event["name"] == name:
            found[_named(event["parameters"].get("StatusCallback", ""))].append(event["status"])
    return found


def _named(callback: str) -> str:
    (text,) = parse_qs(urlsplit(callback).query).get("text", [""])
    attempt = _ATTEMPT.search(callback)
    return f"text {text}" if text else attempt[1] if attempt else callback


def _way(statuses: Sequence[int]) -> str:
    return ", then ".join(_WHY.get(status, str(status)) for status in statuses)


def _further_calls(seen: Evidence) -> Iterator[dict[str, Any]]:
    """Yield each call after which its errand called again."""
    of_errand: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for call in seen.calls:
        if call["role"] == "errand":
            of_errand[call["errand"]].append(call)
    for calls in of_errand.values():
        yield from calls[:-1]


def _occasion(call: dict[str, Any]) -> str:
    outcome = (call["report"] or {}).get("outcome", call["state"])
    if outcome == _NEVER_PLACED:
        return "after one that Twilio's list did not have twice"
    return f"after {outcome}"


def _of(seen: Evidence, kind: str) -> Iterator[dict[str, Any]]:
    return (event.fields for event in seen.events if event.kind == kind)
