"""A text message as a resource of the API."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from floyd.sandbox.twilio.account import new_sid
from floyd.sandbox.twilio.call import API_VERSION, rfc2822

# The characters of GSM 03.38, and those of its extension, which count twice.
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_EXTENSION = set("^{}\\[~]|€\f")


@dataclass(frozen=True)
class Media:
    """An attachment, by where it can be fetched.

    Attributes:
        url: where its customer is told that it is; without one the stand-in keeps it itself.
        content: what it keeps.
        sends_on_to: where a fetch is sent on to; empty: to the stand-in's own CDN.
    """

    content_type: str
    url: str = ""
    content: str = ""
    sends_on_to: str = ""


@dataclass
class Message:
    """One text, in or out."""

    to: str
    from_: str
    body: str
    direction: str
    created: datetime
    updated: datetime
    status: str
    sid: str = field(default_factory=lambda: new_sid("SM"))
    sent: datetime | None = None
    error_code: int | None = None
    media: tuple[Media, ...] = ()

    @property
    def segments(self) -> int:
        """Into how many parts the text is split, as it is billed."""
        if set(self.body) <= GSM_7 | GSM_7_EXTENSION:
            length = len(self.body) + sum(each in GSM_7_EXTENSION for each in self.body)
            return 1 if length <= 160 else -(-length // 153)
        length = len(self.body.encode("utf-16-le")) // 2
        return 1 if length <= 70 else -(-length // 67)

    def as_json(self, account_sid: str) -> dict[str, Any]:
        """The resource, as the API gives it."""
        uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": account_sid,
            "api_version": API_VERSION,
            "messaging_service_sid": None,
            "to": self.to,
            "from": self.from_,
            "body": self.body,
            "status": self.status,
            "direction": self.direction,
            "num_segments": str(self.segments),
            "num_media": str(len(self.media)),
            "date_created": rfc2822(self.created),
            "date_updated": rfc2822(self.updated),
            "date_sent": rfc2822(self.sent),
            "error_code": self.error_code,
            "error_message": None,
            "price": None,
            "price_unit": "USD",
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }
