"""What the live model is told: instructions and material first and unchanged, then the turns; pure.

Providers cache an unchanged beginning, so nothing before the turns changes during a call, unless
the call turns out to be another errand's.
"""

import json
from collections.abc import Sequence

from floyd.calls.brief import CallBrief
from floyd.calls.vocabulary import Turn
from floyd.prompts import instructions
from floyd.services.model.protocol import Message


def beginning(brief: CallBrief) -> tuple[Message, ...]:
    """Return the messages that every request of a call begins with."""
    material = json.dumps(brief.role.material, ensure_ascii=False, sort_keys=True)
    return (
        {"role": "system", "content": instructions(brief.role.instructions)},
        {"role": "user", "content": material},
    )


def messages(
    start: Sequence[Message], turns: Sequence[Turn], other_side: str = "callee"
) -> list[Message]:
    """Return the whole request: what the other side said enters as quoted data."""
    return [*start, *(_message(turn, other_side) for turn in turns)]


def _message(turn: Turn, other_side: str) -> Message:
    if turn.speaker == "floyd":
        return {"role": "assistant", "content": turn.text}
    name = f"{other_side}_said" if turn.speaker == "callee" else "note"
    return {"role": "user", "content": json.dumps({name: turn.text}, ensure_ascii=False)}
