"""What a user said on the phone becomes a text of theirs, to be understood like any other."""

from floyd.errands.conversation import dialogue
from floyd.errands.ended import mark_reported, ready_to_report
from floyd.services import Services
from floyd.store.database import writing
from floyd.store.inbound_texts import LONGEST_BODY, UNDERSTOOD_WITHIN_S
from floyd.store.models import Call, InboundText


def take_down(services: Services, call_id: int) -> None:
    """Write down what a user said in a call that has ended, and have it understood."""
    now = services.clock.now()
    call = ready_to_report(call_id, now)
    if call is None:
        return
    said = [line["text"].strip() for line in dialogue(call) if line["speaker"] == "user"]
    with writing() as writes:
        if mark_reported(call, now, {"outcome": (call.finish or {}).get("outcome")}) and said:
            text = InboundText.create(**_as_text(call, said), due_at=now + UNDERSTOOD_WITHIN_S)
            writes.look_at("understand_text", text.id)


def _as_text(call: Call, said: list[str]) -> dict[str, object]:
    return {
        "sid": call.sid,
        "call": call,
        "user": call.user,
        "phone": call.phone,
        "body": "\n".join(said)[:LONGEST_BODY],
        "received_at": call.ended_at,
    }
