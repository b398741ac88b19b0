"""What the live model is told: instructions and errand first and unchanged, then the turns; pure.

Providers cache an unchanged beginning, so nothing before the turns ever changes during a call.
"""

import json
from collections.abc import Sequence

from floyd.calls.brief import CallBrief
from floyd.calls.vocabulary import Turn
from floyd.prompts import instructions
from floyd.services.model.protocol import Message


def beginning(brief: CallBrief) -> tuple[Message, ...]:
    """Return the messages that every request of a call begins with."""
    errand = {
        "plan": brief.plan,
        "snapshot": brief.snapshot,
        "callee": brief.callee,
        "earlier_calls": brief.earlier_calls,
    }
    return (
        {"role": "system", "content": instructions("call")},
        {"role": "user", "content": json.dumps(errand, ensure_ascii=False, sort_keys=True)},
    )


def messages(start: Sequence[Message], turns: Sequence[Turn]) -> list[Message]:
    """Return the whole request: what the callee said enters as quoted data."""
    return [*start, *(_message(turn) for turn in turns)]


def _message(turn: Turn) -> Message:
    if turn.speaker == "floyd":
        return {"role": "assistant", "content": turn.text}
    name = "callee_said" if turn.speaker == "callee" else "note"
    return {"role": "user", "content": json.dumps({name: turn.text}, ensure_ascii=False)}
