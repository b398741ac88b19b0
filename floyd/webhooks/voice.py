"""`POST /twilio/voice`: someone calls Floyd."""

from flask import Blueprint, Response

from floyd.services.telephony.twilio import say_and_hangup_twiml

routes = Blueprint("voice", __name__)

CANNOT_TALK = (
    "Hello, this is Floyd, an AI assistant. I can't take calls on this number yet. "
    "Please send me a text message instead. Goodbye."
)


@routes.post("/twilio/voice")
def someone_calls() -> Response:
    """Say politely that texts are the way, and end the call."""
    return Response(say_and_hangup_twiml(CANNOT_TALK), mimetype="text/xml")
