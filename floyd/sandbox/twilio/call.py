"""A call as a resource of the API: its data, its states, its JSON."""

from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from floyd.sandbox.twilio.account import new_sid

FINAL_STATES = ("completed", "busy", "failed", "no-answer", "canceled")
API_VERSION = "2010-04-01"

# What every call has that the stand-in never fills.
_EMPTY = {
    "price": None,
    "price_unit": "USD",
    "phone_number_sid": None,
    "forwarded_from": None,
    "group_sid": None,
    "caller_name": None,
    "queue_time": "0",
    "trunk_sid": None,
}


@dataclass
class Call:
    """One phone call, in or out.

    Attributes:
        started: when it was dialled (out) or came (in); answered and ended likewise.
    """

    to: str
    from_: str
    direction: str
    created: datetime
    updated: datetime
    sid: str = field(default_factory=lambda: new_sid("CA"))
    parent_sid: str | None = None
    status: str = "queued"
    started: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    answered_by: str | None = None
    stir_verstat: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether it reached a final state."""
        return self.status in FINAL_STATES

    @property
    def duration_s(self) -> int:
        """How long it was connected, as it is billed."""
        if self.answered is None or self.ended is None:
            return 0
        return max(1, round((self.ended - self.answered).total_seconds()))

    def as_json(self, account_sid: str) -> dict[str, Any]:
        """The resource, as the API gives it."""
        uri = f"/{API_VERSION}/Accounts/{account_sid}/Calls/{self.sid}"
        return _EMPTY | {
            "sid": self.sid,
            "account_sid": account_sid,
            "api_version": API_VERSION,
            "to": self.to,
            "to_formatted": self.to,
            "from": self.from_,
            "from_formatted": self.from_,
            "parent_call_sid": self.parent_sid,
            "status": self.status,
            "direction": self.direction,
            "answered_by": self.answered_by,
            "start_time": rfc2822(self.started),
            "end_time": rfc2822(self.ended),
            "duration": str(self.duration_s) if self.is_over else None,
            "date_created": rfc2822(self.created),
            "date_updated": rfc2822(self.updated),
            "stir_verstat": self.stir_verstat,
            "uri": f"{uri}.json",
            "subresource_uris": {"streams": f"{uri}/Streams.json"},
        }


def rfc2822(moment: datetime | None) -> str | None:
    """A time as the API writes it."""
    return format_datetime(moment) if moment else None
