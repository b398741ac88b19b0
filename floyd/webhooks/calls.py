"""`POST /twilio/calls/<attempt>/...`: how a call of ours goes on, and its way back to us.

Twilio's callbacks come late, doubled and in any order, and a signed one can be replayed: each is
answered with 2xx, and has an effect only where it takes the call forward.
"""

from flask import Blueprint, Response, request

from floyd.calls import progress, streams
from floyd.store.database import writing
from floyd.store.models import Call
from floyd.store.notices import call_channel, publish
from floyd.webhooks import house

routes = Blueprint("calls", __name__, url_prefix="/twilio/calls/<attempt>")

_LONGEST_VERDICT = 64


@routes.post("/status")
def call_went_on(attempt: str) -> Response:
    """Take the call's state forward; its end gives the slot back and has it reported."""
    call = Call.get_or_none(Call.attempt == attempt)
    if call:
        redis, now = house().redis, house().clock.now()
        sid = request.form.get("CallSid") or None
        progress.record(redis, call, request.form.get("CallStatus", ""), now, sid=sid)
    return Response(status=204)


@routes.post("/amd")
def answered_by(attempt: str) -> Response:
    """Keep the verdict human or machine, and tell the live call."""
    verdict = request.form.get("AnsweredBy", "")[:_LONGEST_VERDICT]
    if verdict:
        with writing():
            known = (
                Call.update(answered_by=verdict)
                .where(Call.attempt == attempt, Call.state.not_in(progress.FINAL))
                .execute()
            )
        if known:
            publish(call_channel(attempt), {"answered_by": verdict})
    return Response(status=204)


@routes.post("/stream")
def stream_went_on(attempt: str) -> Response:
    """Have a call looked after whose media stream broke."""
    generation = request.args.get("generation", type=int)
    if request.form.get("StreamEvent") == "stream-error" and generation is not None:
        call = Call.get_or_none(Call.attempt == attempt, Call.generation == generation)
        if call and streams.goes_on(call):
            with writing() as writes:
                Call.update(generation_lost=generation, lost_at=house().clock.now()).where(
                    Call.id == call.id
                ).execute()
                writes.look_at("fetch_back", call.id)
    return Response(status=204)


@routes.post("/resume")
def stream_ended(attempt: str) -> Response:
    """Answer what the call runs now that its stream has ended."""
    now = house().clock.now()
    return Response(streams.resumed(house().settings, attempt, now), mimetype="text/xml")
