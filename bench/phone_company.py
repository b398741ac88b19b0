"""Twilio as far as the bench needs it: its API, with the moment of each request, and signed posts.

A call that Floyd places stays with the bench, which opens its media stream or does not.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import aiohttp
from aiohttp import web

_PATH = "/2010-04-01/Accounts/{account}"
_CONNECTIONS = 100
_ANSWERS_WITHIN_S = 15.0


@dataclass
class PhoneCompany:
    """One account.

    Attributes:
        url: where its API is reached.
        placed: when a call to a number was asked for, by that number.
        texts: how many texts Floyd has sent.
    """

    account_sid: str = ""
    auth_token: str = ""
    url: str = ""
    placed: dict[str, float] = field(default_factory=dict)
    texts: int = 0
    _client: aiohttp.ClientSession | None = None

    def sign(self, url: str, fields: Mapping[str, str] | None = None) -> str:
        """Return the X-Twilio-Signature of a POST, or of a socket's handshake."""
        text = url + "".join(name + value for name, value in sorted((fields or {}).items()))
        digest = hmac.new(self.auth_token.encode(), text.encode(), hashlib.sha1).digest()
        return base64.b64encode(digest).decode()

    async def post(self, url: str, fields: Mapping[str, str]) -> bool:
        """Post a signed webhook; return whether it was answered with success."""
        assert self._client is not None
        headers = {"X-Twilio-Signature": self.sign(url, fields)}
        try:
            async with self._client.post(url, data=dict(fields), headers=headers) as response:
                await response.read()
                return response.ok
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _place_call(self, request: web.Request) -> web.Response:
        at_s = time.monotonic()
        fields = await request.post()
        self.placed.setdefault(str(fields["To"]), at_s)
        resource = {"sid": f"CA{token_hex(16)}", "status": "queued"}
        return web.json_response(self._resource(fields) | resource, status=201)

    async def _send_text(self, request: web.Request) -> web.Response:
        fields = await request.post()
        self.texts += 1
        resource = {"sid": f"SM{token_hex(16)}", "status": "queued", "body": str(fields["Body"])}
        return web.json_response(self._resource(fields) | resource, status=201)

    async def _list_none(self, request: web.Request) -> web.Response:
        """A page of what Floyd looks for: nothing here is ever in doubt."""
        kind = request.match_info["kind"]
        ends = {"next_page_uri": None, "previous_page_uri": None, "uri": request.path}
        page = {"page": 0, "page_size": 50, "start": 0, "end": 0, "first_page_uri": request.path}
        return web.json_response({kind.lower(): [], **ends, **page})

    async def _show_call(self, request: web.Request) -> web.Response:
        resource = {"sid": request.match_info["sid"], "status": "completed"}
        return web.json_response({"account_sid": self.account_sid} | resource)

    def _resource(self, fields: Mapping[str, Any]) -> dict[str, str]:
        return {
            "account_sid": self.account_sid,
            "to": str(fields["To"]),
            "from": str(fields["From"]),
        }

    def _build_app(self) -> web.Application:
        app = web.Application()
        app.router.add_post(f"{_PATH}/Calls.json", self._place_call)
        app.router.add_post(f"{_PATH}/Calls/{{sid}}.json", self._show_call)
        app.router.add_get(f"{_PATH}/Calls/{{sid}}.json", self._show_call)
        app.router.add_get(f"{_PATH}/{{kind:Calls|Messages}}.json", self._list_none)
        app.router.add_post(f"{_PATH}/Messages.json", self._send_text)
        return app

    @asynccontextmanager
    async def open(self) -> AsyncIterator["PhoneCompany"]:
        """Serve the API and be able to post while the block lasts."""
        runner = web.AppRunner(self._build_app(), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        timeout = aiohttp.ClientTimeout(total=_ANSWERS_WITHIN_S)
        connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
        try:
            async with aiohttp.ClientSession(timeout=timeout, connector=connector) as client:
                self._client = client
                yield self
        finally:
            await runner.cleanup()
