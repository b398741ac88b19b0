"""Who knocks: only Twilio comes past `/twilio/`, by its signature over our public URL.

One check before every request, so that a route added tomorrow is guarded too. The URL that Twilio
signed is the public one, whatever proxy stands between; nothing of a request is read before.
"""

from flask import Flask, Request, abort, request

from floyd.services.telephony.twilio import Signatures
from floyd.settings import Settings

GUARDED = "/twilio/"


def guard(app: Flask, settings: Settings) -> None:
    """Have every request below `/twilio/` refused with 403 that Twilio did not sign."""
    signatures = Signatures(settings.twilio_auth_token.get_secret_value())

    @app.before_request
    def check_signature() -> None:
        if not request.path.startswith(GUARDED):
            return
        signature = request.headers.get("X-Twilio-Signature")
        if not signature or not signatures.valid(
            signed_url(request, settings), request.form, signature
        ):
            abort(403)


def signed_url(knock: Request, settings: Settings) -> str:
    """Return the URL of a request as Twilio saw it: `wss://` for a media stream's handshake."""
    base = settings.media_url if is_socket(knock) else settings.floyd_public_url
    query = knock.query_string.decode("latin-1")
    return f"{base}{knock.path}" + (f"?{query}" if query else "")


def is_socket(knock: Request) -> bool:
    """Return whether a request is the handshake of a WebSocket."""
    return knock.headers.get("Upgrade", "").lower() == "websocket"
