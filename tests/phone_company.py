"""A phone company that follows a script: for tests of what Floyd does with its answers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from floyd.errors import TelephonyError
from floyd.services.telephony.protocol import CallSeen, Dial, TextReceived, TextSeen


def never_processed() -> TelephonyError:
    """429: nothing was done."""
    return TelephonyError("too many requests", code=20429, retryable=True)


def lost_answer() -> TelephonyError:
    """A timeout: it may have been done."""
    return TelephonyError("no answer", ambiguous=True)


def refused(code: int) -> TelephonyError:
    """A refusal for good."""
    return TelephonyError("refused", code=code)


@dataclass
class ScriptedTelephony:
    """Implements Telephony; `answers` are what the next requests to text get, then success.

    Attributes:
        answers: an error before anything is done, or after it with `accepts_all`.
        accepts_all: whether what is answered with an error has been done all the same.
        on_request: runs before each request is looked at.
        listing: an error that every look-up gets.
    """

    answers: list[TelephonyError] = field(default_factory=list)
    accepts_all: bool = False
    on_request: Callable[[], object] = lambda: None
    listing: TelephonyError | None = None
    sent: list[TextSeen] = field(default_factory=list)
    received: list[TextReceived] = field(default_factory=list)
    asked_since: list[float] = field(default_factory=list)
    known_calls: list[CallSeen] = field(default_factory=list)
    redirected: list[tuple[str, str]] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    status_urls: list[str] = field(default_factory=list)
    _sids: "count[int]" = field(default_factory=lambda: count(1))

    def send_text(self, to: str, body: str, status_url: str) -> str:
        self.on_request()
        error = self.answers.pop(0) if self.answers else None
        sid = f"SM{next(self._sids)}"
        if error is None or self.accepts_all:
            self.sent.insert(0, TextSeen(sid, to, body, "sent", None))
            self.status_urls.append(status_url)
        if error:
            raise error
        return sid

    def texts(self, to: str, since: float) -> list[TextSeen]:
        if self.listing:
            raise self.listing
        return [text for text in self.sent if text.to == to]

    def texts_received(self, since: float) -> list[TextReceived]:
        self.asked_since.append(since)
        if self.listing:
            raise self.listing
        newest_first = sorted(self.received, key=lambda text: -text.received_at)
        return [text for text in newest_first if text.received_at >= since]

    def place_call(self, dial: Dial) -> str:
        raise NotImplementedError

    def call(self, sid: str) -> CallSeen:
        if self.listing:
            raise self.listing
        for call in self.known_calls:
            if call.sid == sid:
                return call
        raise TelephonyError("not found", code=20404)

    def calls(self, to: str, since: float) -> list[CallSeen]:
        if self.listing:
            raise self.listing
        return [call for call in self.known_calls if call.to == to]

    def redirect_call(self, sid: str, twiml: str) -> None:
        if self.answers:
            raise self.answers.pop(0)
        self.redirected.append((sid, twiml))

    def hang_up(self, sid: str) -> None:
        self.hung_up.append(sid)

    def attachment(self, text_sid: str, url: str, most_bytes: int) -> bytes:
        raise TelephonyError("no attachment")
