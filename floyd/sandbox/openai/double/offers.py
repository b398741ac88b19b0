"""What a callee offers, a price or a time: their words in, Floyd's yes or no out."""

import re

from floyd.sandbox.openai.double.heard import Conversation
from floyd.sandbox.openai.double.questions import RULES, Answered, answered, asked, slots_named
from floyd.sandbox.openai.double.reading import every, matched

OFFERS = RULES["offers"]
_NOON = 12


def to_an_offer(call: Conversation, text: str, *, agreed: bool) -> Answered | None:
    """Return what Floyd says to an offer; None where nothing is offered.

    Args:
        call: so far.
        text: what the callee said since Floyd spoke.
        agreed: whether they say that it is settled.
    """
    if not call.told:
        return None
    proposed = matched([OFFERS["proposal"]], text) is not None
    if matched([OFFERS["buying"]], call.opening) and (proposed or agreed):
        answer = _to_a_price(call, text, proposed=proposed)
        if answer:
            return answer
    return _to_a_time(call, text) if proposed else None


def _to_a_price(call: Conversation, text: str, *, proposed: bool) -> Answered | None:
    prices = [int(found["usd"].replace(",", "")) for found in every([OFFERS["price"]], text)]
    wants_budget = any(slot["name"] == "budget" for q in asked(call, text) for slot in q.slots)
    if not prices or wants_budget:
        return None
    if call.limit is None:
        unknown = answered(call, slots_named("budget", "address"))
        return Answered("", unknown.missing)
    if max(prices) > call.limit:
        return Answered(OFFERS["too_dear"].format(limit=f"{call.limit:g}"), ())
    return Answered(OFFERS["take_it"], ()) if proposed else None


def _to_a_time(call: Conversation, text: str) -> Answered | None:
    offered = every([OFFERS["time"]], text)
    if not offered:
        return None
    busy_until = call.find(OFFERS["busy_until"])
    for time in offered:
        if busy_until is None or time["day"].lower() in OFFERS["weekend"]:
            return _booked(time)
        if _hour(time) >= int(busy_until):
            return _booked(time)
    hour = int(busy_until or 0)
    after = f"{hour - _NOON} PM" if hour > _NOON else f"{hour} AM"
    return Answered(OFFERS["does_not_fit"].format(after=after), ())


def _booked(time: re.Match[str]) -> Answered:
    """Agree to a time, written with its capitals however it was recognised."""
    when = " ".join(word if word == "at" else word.capitalize() for word in time[0].split())
    when = re.sub(r"[ap]m\b", lambda half: half[0].upper(), when, flags=re.IGNORECASE)
    return Answered(OFFERS["book_it"].format(when=when), ())


def _hour(time: re.Match[str]) -> int:
    """The hour of a day, 0 to 23."""
    return int(time["hour"]) % _NOON + (_NOON if time["half"].lower() == "pm" else 0)
