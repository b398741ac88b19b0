"""Attachments of texts: fetched from Twilio with the account's name, then from its CDN without.

A webhook's URL is not trusted: it must be that of an attachment of this very text at our own
account. Twilio sends on to its CDN or to S3: twice at most, by https, and to no other host.
"""

import re
from urllib.parse import urljoin, urlsplit

import httpx2

from floyd.clock import Clock
from floyd.errors import TelephonyError
from floyd.services.timeouts import patience
from floyd.settings import Settings

_ANSWER_S = 10
_MOST_REDIRECTS = 2
_OK = 200
_FAILED_THERE = 500
_CDN = re.compile(
    r"(?:[a-z0-9-]+\.)?twiliocdn\.com|api\.twilio\.com|(?:[a-z0-9.-]+\.)?s3[a-z0-9.-]*\.amazonaws\.com"
)


class Attachments:
    """Fetches what came with texts; every fetch has connections of its own."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._api = urlsplit(settings.twilio_api_url)
        self._timeout_s = patience(clock, _ANSWER_S)

    def fetch(self, text_sid: str, url: str, most_bytes: int) -> bytes:
        """Return the content behind the URL of an attachment, cut at a length.

        Raises:
            TelephonyError: it is not one of ours, or cannot be had.
        """
        if not self._is_ours(text_sid, url):
            raise TelephonyError("the attachment is not at Twilio")
        account = self._settings.twilio_account_sid
        secret = self._settings.twilio_auth_token.get_secret_value()
        try:
            with httpx2.Client(timeout=self._timeout_s) as client:
                return self._follow(client, url, httpx2.BasicAuth(account, secret), most_bytes)
        except httpx2.HTTPError as error:
            name = type(error).__name__
            raise TelephonyError(f"no attachment came: {name}", retryable=True) from error

    def _is_ours(self, text_sid: str, url: str) -> bool:
        parts = urlsplit(url)
        path = (
            rf"/2010-04-01/Accounts/{self._settings.twilio_account_sid}/Messages/{text_sid}/Media/"
        )
        same_host = (parts.scheme, parts.netloc) == (self._api.scheme, self._api.netloc)
        sid = parts.path.removeprefix(path)
        return same_host and parts.path.startswith(path) and sid.isalnum() and not parts.query

    def _follow(
        self, client: httpx2.Client, url: str, auth: httpx2.BasicAuth | None, most_bytes: int
    ) -> bytes:
        for _ in range(_MOST_REDIRECTS + 1):
            with client.stream("GET", url, auth=auth) as response:
                if response.is_redirect:
                    url, auth = urljoin(url, response.headers.get("Location", "")), None
                elif response.status_code == _OK:
                    return _first_bytes(response, most_bytes)
                else:
                    raise TelephonyError(
                        f"no attachment came: HTTP {response.status_code}",
                        retryable=response.status_code >= _FAILED_THERE,
                    )
            if not self._is_sent_on_to(url):
                raise TelephonyError("Twilio sent on to a host that is not its own")
        raise TelephonyError("Twilio sent on too often")

    def _is_sent_on_to(self, url: str) -> bool:
        parts = urlsplit(url)
        stand_in = (parts.scheme, parts.netloc) == (self._api.scheme, self._api.netloc)
        return stand_in or (
            parts.scheme == "https"
            and parts.port in (None, 443)
            and parts.username is None
            and _CDN.fullmatch(parts.hostname or "") is not None
        )


def _first_bytes(response: httpx2.Response, most: int) -> bytes:
    content = b""
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) >= most:
            break
    return content[:most]
