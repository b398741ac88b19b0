"""What Floyd asks of the phone company."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Dial:
    """An outbound call to be placed.

    Attributes:
        to: E.164.
        twiml: what runs once it is answered.
        status_url: receives every state of the call.
        machine_detection_url: receives the verdict human or machine.
        time_limit_s: the phone company ends the call after it, whatever happens to Floyd.
    """

    to: str
    twiml: str
    status_url: str
    machine_detection_url: str
    time_limit_s: int


@dataclass(frozen=True)
class CallSeen:
    """A call as the phone company knows it.

    Attributes:
        status: queued, ringing, in-progress, completed, busy, failed, no-answer or canceled.
        duration_s: whole seconds, None while it lasts.
    """

    sid: str
    to: str
    from_: str
    status: str
    duration_s: int | None
    started_at: float | None


@dataclass(frozen=True)
class TextSeen:
    """A text that was sent, as the phone company knows it."""

    sid: str
    to: str
    body: str
    status: str
    error_code: int | None


@dataclass(frozen=True)
class TextReceived:
    """A text that reached Floyd's number, as the phone company knows it.

    Attributes:
        received_at: whole epoch seconds.
    """

    sid: str
    from_: str
    body: str
    media_count: int
    received_at: float


class Telephony(Protocol):
    """Calls and texts of Floyd's number. Every method may raise TelephonyError."""

    def place_call(self, dial: Dial) -> str:
        """Dial a number and return the call's SID."""
        ...

    def call(self, sid: str) -> CallSeen:
        """Return a call's present state."""
        ...

    def calls(self, to: str, since: float) -> list[CallSeen]:
        """Return the calls to a number placed since a time (epoch seconds), newest first."""
        ...

    def redirect_call(self, sid: str, twiml: str) -> None:
        """Replace what a live call runs."""
        ...

    def hang_up(self, sid: str) -> None:
        """End a call; one that has ended already is fine."""
        ...

    def send_text(self, to: str, body: str, status_url: str) -> str:
        """Send a text and return its SID."""
        ...

    def texts(self, to: str, since: float) -> list[TextSeen]:
        """Return the texts sent to a number since a time (epoch seconds), newest first."""
        ...

    def texts_received(self, since: float) -> list[TextReceived]:
        """Return the texts that reached Floyd's number since a time, newest first."""
        ...

    def attachment(self, text_sid: str, url: str, most_bytes: int) -> bytes:
        """Return what came with a text, cut at a length; only from the phone company's own hosts.

        Args:
            text_sid: the text that it came with.
            url: where the phone company said it is.
            most_bytes: whatever is longer is cut.
        """
        ...
