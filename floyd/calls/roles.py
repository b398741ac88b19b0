"""What Floyd is in a call: the one who phones, the desk that a user phones, or who is phoned back.

A role is all that differs between them: what Floyd says first, what it knows and what it may do. It
knows the snapshot of one errand, or what its own user may hear, or nothing, and not a fact more.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from floyd.calls import phrases, returning, tools
from floyd.calls.earlier_calls import calls_material
from floyd.phone_numbers import zones_of
from floyd.prompts.schemas import Outcome
from floyd.services.model.protocol import Tool
from floyd.store.models import Call, Errand

Material = dict[str, Any]
KnowUser = Callable[[Call, float], Material]
"""Tells what is known about the user who calls, at a time (epoch seconds)."""


@dataclass(frozen=True)
class Role:
    """What Floyd is in a call.

    Attributes:
        introduction: says that an AI speaks; comes before any word of a task.
        first_line: follows it at once; None: then it is the other side's turn.
        material: all that the model is told, as JSON; see `prompts`.
        instructions: names what the model is told to do with it.
        tools: what the model may do.
        other_side: who speaks on the other side, as the model is told.
        speaks_first: Floyd was called, and nobody's greeting is waited for.
        is_known_to_callers: whoever calls knows whom: an interrupted introduction is not repeated.
        voicemail_message: what may be left on a machine, or None.
        candidates: the errands that the call may turn out to be about.
        likely_words: names that the recogniser should expect.
    """

    introduction: str
    first_line: str | None
    material: Material
    instructions: str
    tools: tuple[Tool, ...]
    other_side: Literal["callee", "user"] = "callee"
    speaks_first: bool = False
    is_known_to_callers: bool = False
    voicemail_message: str | None = None
    candidates: frozenset[int] = frozenset()
    likely_words: tuple[str, ...] = ()


def know_nobody(_: Call, __: float) -> Material:
    """Know nothing about any user."""
    return {}


def of(call: Call, now: float, know_user: KnowUser = know_nobody) -> Role:
    """Return Floyd's role in a call at a time (epoch seconds)."""
    if call.role == "desk":
        return _desk(know_user(call, now))
    if call.role == "return":
        return _return(call, now)
    assert call.errand
    return _errand(call, call.errand)


def message_taker() -> Role:
    """Nothing may be told, but a message can be taken."""
    return Role(
        introduction=phrases.RETURN_GREETING,
        first_line=phrases.TAKE_A_MESSAGE,
        material={"attested": False},
        instructions="return",
        tools=tools.OF_THE_DESK,
        speaks_first=True,
    )


def _errand(call: Call, errand: Errand) -> Role:
    """Floyd phones a callee."""
    plan, snapshot = errand.plan, errand.snapshot
    return Role(
        introduction=phrases.introduction(snapshot["user"]),
        first_line=plan["opening_line"],
        material={
            "plan": plan,
            "snapshot": snapshot,
            "callee": plan["callee"]["name"],
            "earlier_calls": calls_material(errand, before=call.id),
        },
        instructions="call",
        tools=tools.OF_AN_ERRAND,
        voicemail_message=plan.get("voicemail_message"),
        likely_words=_likely_words(plan, snapshot),
    )


def _desk(known: Material) -> Role:
    """A user phones Floyd."""
    return Role(
        introduction=phrases.DESK_GREETING,
        first_line=None,
        material=known,
        instructions="desk",
        tools=tools.OF_THE_DESK,
        other_side="user",
        speaks_first=True,
        is_known_to_callers=True,
        likely_words=tuple(contact["name"] for contact in known.get("contacts", [])),
    )


def _return(call: Call, now: float) -> Role:
    """A callee phones back; only one whom Twilio vouches for is told anything."""
    if not call.attested:
        return message_taker()
    if call.errand:
        return _phoned_back(call, call.errand)
    found = returning.candidates(call.phone, now)
    return _finding_out(call, found) if found else message_taker()


def _phoned_back(call: Call, errand: Errand) -> Role:
    role = _errand(call, errand)
    # Who was left a message calls about just that, though the errand ended with it.
    may_tell = call.awaited or errand.outcome == Outcome.VOICEMAIL_LEFT
    material = role.material if may_tell else {**role.material, "only_listen": True}
    return replace(
        role,
        introduction=phrases.RETURN_GREETING,
        first_line=f"I called you for {errand.snapshot['user']}.",
        material=material,
        instructions="return",
        speaks_first=True,
        voicemail_message=None,
    )


def _finding_out(call: Call, found: list[returning.Candidate]) -> Role:
    """Several errands may be meant: find out which, telling no more than for whom Floyd called."""
    zone = ZoneInfo(zones_of(call.phone)[0])
    candidates = [
        {
            "errand": errand.id,
            "user": errand.user.name,
            "called": f"{datetime.fromtimestamp(called_at, zone):%A, %B %-d, %H:%M}",
        }
        for errand, called_at in found
    ]
    return replace(
        message_taker(),
        first_line=phrases.WHOSE_CALL,
        material={"candidates": candidates},
        tools=tools.TO_FIND_OUT,
        candidates=frozenset(errand.id for errand, _ in found),
        likely_words=tuple(dict.fromkeys(errand.user.name for errand, _ in found)),
    )


def _likely_words(plan: Material, snapshot: Material) -> tuple[str, ...]:
    """Return names that the recogniser should expect."""
    subjects = [str(fact["subject"]) for fact in snapshot.get("facts", [])]
    return tuple(dict.fromkeys([plan["callee"]["name"], snapshot["user"], *subjects]))
