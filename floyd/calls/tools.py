"""The tools of the live model: their schemas, and the check that each call must pass; pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from floyd.calls.vocabulary import TakeUp, ToolCalled
from floyd.calls.words import words_of
from floyd.prompts.schemas import CallBackLater, EndCall, Finish, Outcome, TakeUpErrand
from floyd.services.model.protocol import Tool

_FINISH = Tool(
    "finish", "The call has come to its end: the goal is reached, or it cannot be.", Finish
)
_CALL_BACK_LATER = Tool(
    "call_back_later",
    "The callee needs something that you do not know: the user is asked, then called back.",
    CallBackLater,
)
_END_CALL = Tool("end_call", "Everything is said; said with a short goodbye.", EndCall)
_TAKE_UP = Tool("take_up", "It is clear whose call is being returned.", TakeUpErrand)

OF_AN_ERRAND = (_FINISH, _CALL_BACK_LATER)
OF_THE_DESK = (_END_CALL,)
TO_FIND_OUT = (_TAKE_UP, _END_CALL)

_NEEDS_EVIDENCE = {"done", "partly"}


@dataclass(frozen=True)
class Refused:
    """A tool call that is not carried out; the reason is for the model to mend it."""

    reason: str


Verdict = dict[str, Any] | TakeUp | Refused
"""What a tool call concludes (outcome, evidence, missing), begins, or why it does neither."""


def check(
    call: ToolCalled,
    offered: Collection[Tool],
    callee_words: str,
    candidates: Collection[int] = (),
) -> Verdict:
    """Return what is to be done about a tool call.

    Args:
        call: as the model wrote it.
        offered: the tools that it may use.
        callee_words: all that the callee said in the call.
        candidates: the errands that the call may be taken up for.
    """
    tool = next((tool for tool in offered if tool.name == call.name), None)
    if tool is None:
        return Refused(f"there is no tool named {call.name}")
    try:
        arguments = tool.arguments.model_validate_json(call.arguments or "{}")
    except ValidationError as error:
        return Refused(f"the arguments of {call.name} do not fit: {error.error_count()} problems")
    if isinstance(arguments, Finish):
        return _check_finish(arguments, callee_words)
    if isinstance(arguments, CallBackLater):
        return conclusion(Outcome.NEEDS_USER, missing=arguments.missing)
    if isinstance(arguments, TakeUpErrand):
        known = arguments.errand in candidates
        return TakeUp(arguments.errand) if known else Refused("that is none of the candidates")
    return conclusion(Outcome.DONE)


def conclusion(
    outcome: Outcome, *, evidence: list[str] | None = None, missing: list[str] | None = None
) -> dict[str, Any]:
    """Return what a conversation concluded, in the shape that `Call.finish` keeps."""
    return {"outcome": str(outcome), "evidence": evidence or [], "missing": missing or []}


def _check_finish(finish: Finish, callee_words: str) -> dict[str, Any] | Refused:
    said = f" {' '.join(words_of(callee_words))} "
    proven = [quote for quote in finish.evidence if _occurs(quote, said)]
    if finish.outcome in _NEEDS_EVIDENCE and not proven:
        return Refused("evidence must quote words that the callee said")
    return conclusion(Outcome(finish.outcome), evidence=proven)


def _occurs(quote: str, said: str) -> bool:
    words = " ".join(words_of(quote))
    return bool(words) and f" {words} " in said
