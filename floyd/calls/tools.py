"""The tools of the live model: their schemas, and the check that each call must pass; pure."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from floyd.calls.endpointing import words_of
from floyd.calls.vocabulary import ToolCalled
from floyd.prompts.schemas import CallBackLater, Finish, Outcome
from floyd.services.model.protocol import Tool

TOOLS = (
    Tool("finish", "The call has come to its end: the goal is reached, or it cannot be.", Finish),
    Tool(
        "call_back_later",
        "The callee needs something that you do not know: the user is asked, then called back.",
        CallBackLater,
    ),
)

_NEEDS_EVIDENCE = {"done", "partly"}


@dataclass(frozen=True)
class Refused:
    """A tool call that is not carried out; the reason is for the model to mend it."""

    reason: str


def check(call: ToolCalled, callee_words: str) -> dict[str, Any] | Refused:
    """Return what a tool call concludes (outcome, evidence, missing), or why it does not.

    Args:
        call: as the model wrote it.
        callee_words: all that the callee said in the call.
    """
    try:
        if call.name == "finish":
            return _check_finish(Finish.model_validate_json(call.arguments), callee_words)
        if call.name == "call_back_later":
            later = CallBackLater.model_validate_json(call.arguments)
            return conclusion(Outcome.NEEDS_USER, missing=later.missing)
    except ValidationError as error:
        return Refused(f"the arguments of {call.name} do not fit: {error.error_count()} problems")
    return Refused(f"there is no tool named {call.name}")


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
