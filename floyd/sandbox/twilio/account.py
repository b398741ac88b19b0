"""The account that the stand-in serves, and how it signs what it sends."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_hex


@dataclass(frozen=True)
class Account:
    """One account with one phone number, and where that number's webhooks go.

    Attributes:
        status_url: told of the end of every call to the number; None tells nobody.
    """

    sid: str
    auth_token: str
    number: str
    sms_url: str
    voice_url: str
    status_url: str | None = None

    def sign(self, url: str, fields: Iterable[tuple[str, str]] = ()) -> str:
        """The X-Twilio-Signature of a POST; of a GET or WebSocket handshake without fields."""
        text = url + "".join(name + value for name, value in sorted(set(fields)))
        digest = hmac.new(self.auth_token.encode(), text.encode(), hashlib.sha1).digest()
        return base64.b64encode(digest).decode()


def new_sid(prefix: str) -> str:
    """A fresh SID: two letters for its kind and 32 hexadecimal digits."""
    return prefix + token_hex(16)
