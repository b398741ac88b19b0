"""`POST /twilio/voice`: someone calls Floyd; `/twilio/voice/status`: how such a call goes on."""

from flask import Blueprint, Response, abort, request

from floyd.calls import progress
from floyd.errands.reception import Caller, receive
from floyd.store.models import Call
from floyd.webhooks import field, house

routes = Blueprint("voice", __name__, url_prefix="/twilio/voice")

# An A attestation: the caller's phone company knows the caller, and that the number is theirs.
_VOUCHED_FOR = "TN-Validation-Passed-A"


@routes.post("")
def someone_calls() -> Response:
    """Answer with what the call runs."""
    sid = field("CallSid")
    if not sid:
        abort(400)
    caller = Caller(
        sid=sid,
        phone=field("From"),
        attested=request.form.get("StirVerstat") == _VOUCHED_FOR,
    )
    twiml = receive(house().settings, house().redis, house().clock, caller)
    return Response(twiml, mimetype="text/xml")


@routes.post("/status")
def their_call_went_on() -> Response:
    """Take the state of a call to our number forward; its end has it reported."""
    call = Call.get_or_none(Call.sid == field("CallSid"))
    if call:
        status = request.form.get("CallStatus", "")
        progress.record(house().redis, call, status, house().clock.now())
    return Response(status=204)
