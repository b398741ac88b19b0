"""Twilio: calls and texts go out through its SDK; TwiML is built and signatures are checked here.

The only file that knows the SDK. What is logged or raised carries codes, never numbers or texts.
"""

import hmac
import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, TypeVar
from urllib.parse import urlsplit

from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.rest.api.v2010.account.message import MessageInstance
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Connect, VoiceResponse
from urllib3.exceptions import MaxRetryError, NewConnectionError

from floyd.clock import Clock
from floyd.errors import TelephonyError
from floyd.services.telephony.attachments import Attachments
from floyd.services.telephony.protocol import CallSeen, Dial, TextReceived, TextSeen
from floyd.services.telephony.refusals import told_to_the_user
from floyd.services.timeouts import patience
from floyd.settings import Settings

_CONNECT_S = 5
_ANSWER_S = 10
_RINGING_S = 30
_PAGE_SIZE = 50
_LISTED_AT_MOST = 500
_RECEIVED_A_PAGE = 200
_RECEIVED_AT_MOST = 2000
_CLOCK_SKEW_S = 1.0

_TOO_MANY_REQUESTS = 429
_FAILED_THERE = 500
_CALL_NOT_IN_PROGRESS = 21220
_INBOUND = "inbound"
_NEVER_PROCESSED = frozenset({20429, 10004})
_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}

# The SDK prints numbers and query strings at INFO: its lines go to a logger that drops them.
_silence = logging.Logger("floyd.silence")
_silence.addHandler(logging.NullHandler())

Seen = TypeVar("Seen", CallInstance, MessageInstance)


class TwilioTelephony:
    """Calls and texts of Floyd's number, over Twilio's REST API."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._own = settings.twilio_phone_number
        self._dial_only = settings.floyd_dial_only
        self._attachments = Attachments(settings, clock)
        self._client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            http_client=_HttpClient(
                settings.twilio_api_url, (patience(clock, _CONNECT_S), patience(clock, _ANSWER_S))
            ),
        )

    def place_call(self, dial: Dial) -> str:
        """Dial a number and return the call's SID."""
        with _telephony_errors("dial", number=dial.to, repeatable=False):
            call = self._client.calls.create(
                to=self._dialled(dial.to),
                from_=self._own,
                twiml=dial.twiml,
                time_limit=dial.time_limit_s,
                timeout=_RINGING_S,
                status_callback=dial.status_url,
                status_callback_event=["initiated", "ringing", "answered", "completed"],
                machine_detection="DetectMessageEnd",
                async_amd="true",
                async_amd_status_callback=dial.machine_detection_url,
            )
        return str(call.sid)

    def call(self, sid: str) -> CallSeen:
        """Return a call's present state."""
        with _telephony_errors("look up a call"):
            return _call_seen(self._client.calls(sid).fetch())

    def calls(self, to: str, since: float) -> list[CallSeen]:
        """Return the calls to a number placed since a time (epoch seconds), newest first.

        A call that waits in Twilio's queue has no start yet, and the filter knows whole days only:
        so the list, newest first, is read until it gets too old.
        """
        with _telephony_errors("list calls"):
            listed = self._client.calls.stream(
                to=self._dialled(to), from_=self._own, limit=_LISTED_AT_MOST, page_size=_PAGE_SIZE
            )
            return [_call_seen(call) for call in _made_since(since, listed)]

    def redirect_call(self, sid: str, twiml: str) -> None:
        """Replace what a live call runs."""
        with _telephony_errors("redirect a call"):
            self._client.calls(sid).update(twiml=twiml)

    def hang_up(self, sid: str) -> None:
        """End a call; one that has ended already is fine."""
        try:
            with _telephony_errors("hang up"):
                self._client.calls(sid).update(status="completed")
        except TelephonyError as error:
            if error.code != _CALL_NOT_IN_PROGRESS:
                raise

    def send_text(self, to: str, body: str, status_url: str) -> str:
        """Send a text and return its SID."""
        with _telephony_errors("text", number=to, repeatable=False):
            message = self._client.messages.create(
                to=to, from_=self._own, body=body, status_callback=status_url
            )
        return str(message.sid)

    def texts(self, to: str, since: float) -> list[TextSeen]:
        """Return the texts sent to a number since a time (epoch seconds), newest first."""
        with _telephony_errors("list texts"):
            listed = self._client.messages.stream(
                to=to, from_=self._own, limit=_LISTED_AT_MOST, page_size=_PAGE_SIZE
            )
            return [_text_seen(message) for message in _made_since(since, listed)]

    def texts_received(self, since: float) -> list[TextReceived]:
        """Return the texts that reached Floyd's number since a time, newest first.

        The filter knows whole days in UTC only: it keeps the list short, its cut makes it exact.
        """
        with _telephony_errors("list texts received"):
            listed = self._client.messages.stream(
                to=self._own,
                date_sent_after=datetime.fromtimestamp(since, UTC).date().isoformat(),
                limit=_RECEIVED_AT_MOST,
                page_size=_RECEIVED_A_PAGE,
            )
            return [
                _text_received(message)
                for message in _made_since(since, listed)
                if str(message.direction) == _INBOUND
            ]

    def attachment(self, text_sid: str, url: str, most_bytes: int) -> bytes:
        """Return what came with a text, cut at a length; only from Twilio's own hosts."""
        return self._attachments.fetch(text_sid, url, most_bytes)

    def _dialled(self, to: str) -> str:
        """Return the number that really rings: in development it may always be the same one."""
        return self._dial_only or to


class Signatures:
    """Tells Twilio's requests from anybody else's.

    A signed request can be replayed: what it causes must be harmless twice.
    """

    def __init__(self, auth_token: str) -> None:
        self._validator = RequestValidator(auth_token)

    def valid(self, url: str, fields: Mapping[str, str], signature: str | None) -> bool:
        """Return whether Twilio signed a request.

        Args:
            url: the public URL as Twilio sees it, with its query; `wss://` for a media stream.
            fields: the POST fields (a MultiDict keeps repeated ones); empty for a socket.
            signature: the header `X-Twilio-Signature`, None when it was missing.
        """
        if not signature:
            return False
        given = signature.encode()
        return any(
            hmac.compare_digest(self._validator.compute_signature(spelling, fields).encode(), given)
            for spelling in _spellings(url)
        )


def stream_twiml(
    media_url: str, parameters: Mapping[str, str], stream_status_url: str, resume_url: str
) -> str:
    """Return TwiML that streams a call both ways, and the way back once the socket has ended.

    Args:
        media_url: wss URL without a query: Twilio refuses one (31920).
        parameters: arrive in the stream's `start` message.
        stream_status_url: hears of the stream's losses.
        resume_url: what the call runs next.
    """
    response = VoiceResponse()
    connect = Connect()
    stream = connect.stream(url=media_url, status_callback=stream_status_url)
    for name, value in parameters.items():
        stream.parameter(name=name, value=value)
    response.append(connect)
    response.redirect(resume_url)
    return str(response)


def hangup_twiml() -> str:
    """Return TwiML that ends a call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def reject_twiml() -> str:
    """Return TwiML that does not answer a call: the caller hears a busy line, and nobody pays."""
    response = VoiceResponse()
    response.reject(reason="busy")
    return str(response)


def say_and_hangup_twiml(text: str) -> str:
    """Return TwiML that says a text in Twilio's own voice and ends the call."""
    response = VoiceResponse()
    # XML knows no control characters.
    response.say("".join(letter if letter.isprintable() else " " for letter in text))
    response.hangup()
    return str(response)


def empty_messaging_twiml() -> str:
    """Return TwiML that answers an incoming text with nothing."""
    return str(MessagingResponse())


class _HttpClient(TwilioHttpClient):
    """The SDK's client, pointed at another host than api.twilio.com where one is set."""

    def __init__(self, api_url: str, timeout: tuple[float, float]) -> None:
        super().__init__(logger=_silence)
        # `requests` takes a pair (connect, read); the SDK's annotation knows one number only.
        self.timeout: Any = timeout
        self._host = urlsplit(api_url)

    def request(self, *args: Any, **kwargs: Any) -> Response:
        method, url, *rest = args
        here = urlsplit(url)._replace(scheme=self._host.scheme, netloc=self._host.netloc)
        return super().request(method, here.geturl(), *rest, **kwargs)


@contextmanager
def _telephony_errors(action: str, *, number: str = "", repeatable: bool = True) -> Iterator[None]:
    """Turn what the SDK raises into TelephonyError.

    Args:
        action: what was tried, for the message.
        number: whom it concerns, for the user's eyes only.
        repeatable: doing it twice is harmless, so that a lost answer leaves nothing to reconcile.
    """
    try:
        yield
    except TwilioException as error:
        raise _refusal(error, action, number, repeatable) from error
    except (RequestException, ValueError) as error:
        # ValueError: an answer that is no JSON. It came, so the request may have been carried out.
        harmless = repeatable or _was_never_sent(error)
        raise TelephonyError(
            f"Twilio did not answer the request to {action}: {type(error).__name__}",
            ambiguous=not harmless,
            retryable=harmless,
        ) from error


def _refusal(error: TwilioException, action: str, number: str, repeatable: bool) -> TelephonyError:
    status, code = _status_and_code(error)
    failed_there = status >= _FAILED_THERE
    never_processed = status == _TOO_MANY_REQUESTS or code in _NEVER_PROCESSED
    return TelephonyError(
        f"Twilio refused to {action}: HTTP {status}, code {code}",
        code=code,
        ambiguous=failed_there and not repeatable,
        retryable=never_processed or (failed_there and repeatable),
        user_text=told_to_the_user(code, number),
    )


def _status_and_code(error: TwilioException) -> tuple[int, int | None]:
    """Return the HTTP status and Twilio's code; a page that fails carries its bare response."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return error.status, error.code
    statuses = [part.status_code for part in error.args if isinstance(part, Response)]
    return (statuses or [_FAILED_THERE])[0], None


def _was_never_sent(error: Exception) -> bool:
    if isinstance(error, ConnectTimeout):
        return True
    cause = error.args[0] if isinstance(error, RequestsConnectionError) and error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _made_since(since: float, listed: Iterator[Seen]) -> Iterator[Seen]:
    """Cut a list, newest first, where it gets older than `since`; Twilio counts whole seconds."""
    oldest = math.floor(since) - _CLOCK_SKEW_S
    return takewhile(lambda seen: (_epoch(seen.date_created) or oldest) >= oldest, listed)


def _call_seen(call: CallInstance) -> CallSeen:
    return CallSeen(
        sid=str(call.sid),
        to=str(call.to),
        from_=str(call._from),
        status=str(call.status),
        duration_s=int(call.duration) if call.duration else None,
        started_at=_epoch(call.start_time or call.date_created),
    )


def _text_seen(message: MessageInstance) -> TextSeen:
    return TextSeen(
        sid=str(message.sid),
        to=str(message.to),
        body=message.body or "",
        status=str(message.status),
        error_code=message.error_code,
    )


def _text_received(message: MessageInstance) -> TextReceived:
    return TextReceived(
        sid=str(message.sid),
        from_=str(message.from_),
        body=message.body or "",
        media_count=int(message.num_media or 0),
        received_at=_epoch(message.date_created) or 0.0,
    )


def _epoch(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None


def _spellings(url: str) -> list[str]:
    """Return a URL as it is, without its default port and with it: Twilio signs any of these."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", _DEFAULT_PORTS.get(parts.scheme)
    if parts.port not in (None, port):
        return [url]
    return [url, *(parts._replace(netloc=netloc).geturl() for netloc in (host, f"{host}:{port}"))]
