"""Signed requests to the customer's server, with Twilio's time limits and retries."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag

import aiohttp
from yarl import URL

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.faults import FaultAction, Faults
from floyd.sandbox.records import Records
from floyd.sandbox.tasks import Background
from floyd.sandbox.twilio.account import Account, new_sid
from floyd.sandbox.twilio.conditions import TwilioConditions

CONNECT_TIMEOUT_S = 5.0
TOTAL_TIMEOUT_S = 15.0
# Scaled time does not make the machine faster: no limit is shorter than this in real seconds.
LEAST_REAL_TIMEOUT_S = 3.0
WEBHOOK_FAULTS = (FaultAction.DROP, FaultAction.DUPLICATE, FaultAction.DELAY)


@dataclass(frozen=True)
class Reply:
    """What the customer's server answered."""

    status: int
    content_type: str
    body: str

    @property
    def ok(self) -> bool:
        """Whether it was a success."""
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Override:
    """The connection override in a URL's fragment, e.g. `#rc=3&rp=all`."""

    retries: int = 1
    policies: frozenset[str] = frozenset({"ct"})

    @classmethod
    def from_fragment(cls, fragment: str) -> "Override":
        """Read the fragment; what is not an override is ignored, as Twilio does."""
        values = dict(parse_qsl(fragment))
        retries = values.get("rc", "1")
        return cls(
            min(int(retries), 5) if retries.isdigit() else 1,
            frozenset(values.get("rp", "ct").split(",")),
        )

    def retries_after(self, failure: str) -> bool:
        """Whether a failure (ct, rt, 4xx or 5xx) is worth another try."""
        return "all" in self.policies or failure in self.policies


class Webhooks:
    """Posts forms to the customer, signed with the account's token."""

    def __init__(
        self,
        account: Account,
        clock: SandboxClock,
        conditions: TwilioConditions,
        faults: Faults,
        records: Records,
    ) -> None:
        self._account = account
        self._clock = clock
        self._conditions = conditions
        self._faults = faults
        self._records = records
        self._session: aiohttp.ClientSession | None = None
        self._late = Background()

    async def start(self) -> None:
        """Open the connection pool."""
        self._session = aiohttp.ClientSession(
            headers={"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"}
        )

    async def stop(self) -> None:
        """Drop what is still on its way and close the pool."""
        await self._late.stop()
        if self._session:
            await self._session.close()

    async def notify(self, name: str, url: str, fields: Mapping[str, str]) -> None:
        """Post a callback, whose answer does not matter; a delayed one lets others overtake it."""
        if fault := self._faults.take(name, [FaultAction.DELAY]):
            self._late.spawn(self._notify_late(name, url, fields, fault.delay_s))
        else:
            await self.fetch(name, url, fields)

    async def _notify_late(
        self, name: str, url: str, fields: Mapping[str, str], delay_s: float
    ) -> None:
        await self._clock.sleep(delay_s)
        await self.fetch(name, url, fields)

    async def fetch(
        self, name: str, url: str, fields: Mapping[str, str], method: str = "POST"
    ) -> Reply | None:
        """Send a signed request and give the answer; None when there was none in time."""
        fault = self._faults.take(name, WEBHOOK_FAULTS)
        copies = 1
        if fault and fault.action is FaultAction.DROP:
            return None
        if fault and fault.action is FaultAction.DELAY:
            await self._clock.sleep(fault.delay_s)
        if fault and fault.action is FaultAction.DUPLICATE:
            copies += fault.copies
        token = new_sid("")
        requests = [self._try(name, method, url, fields, token) for _ in range(copies)]
        return (await asyncio.gather(*requests))[0]

    async def _try(
        self, name: str, method: str, url: str, fields: Mapping[str, str], token: str
    ) -> Reply | None:
        """Send a request as often as the URL's fragment allows."""
        bare_url, fragment = urldefrag(url)
        override = Override.from_fragment(fragment)
        for attempt in range(override.retries + 1):
            await self._clock.sleep(self._conditions.webhook_s)
            reply, failure = await self._send(method, bare_url, fields, token)
            self._records.add(
                "twilio.webhook",
                name=name,
                url=bare_url,
                fields=dict(fields),
                status=reply.status if reply else None,
                failure=failure,
                attempt=attempt + 1,
            )
            if not failure or not override.retries_after(failure):
                break
        return reply

    async def _send(
        self, method: str, url: str, fields: Mapping[str, str], token: str
    ) -> tuple[Reply | None, str | None]:
        if self._session is None:
            raise RuntimeError("the webhooks were not started")
        target = URL(url, encoded=True)
        if method == "GET":
            target = target.update_query(dict(fields))
        signed = () if method == "GET" else fields.items()
        headers = {
            "X-Twilio-Signature": self._account.sign(str(target), signed),
            "I-Twilio-Idempotency-Token": token,
        }
        data = None if method == "GET" else dict(fields)
        try:
            async with self._session.request(
                method, target, data=data, headers=headers, timeout=self._timeout()
            ) as response:
                raw = await response.read()
                reply = Reply(response.status, response.content_type, raw.decode(errors="replace"))
        except aiohttp.ClientConnectorError:
            return None, "ct"
        except (aiohttp.ClientError, TimeoutError):
            return None, "rt"
        return reply, None if reply.ok else f"{reply.status // 100}xx"

    def _timeout(self) -> aiohttp.ClientTimeout:
        def real(seconds: float) -> float:
            return max(seconds / self._clock.scale, LEAST_REAL_TIMEOUT_S)

        return aiohttp.ClientTimeout(
            total=real(TOTAL_TIMEOUT_S), sock_connect=real(CONNECT_TIMEOUT_S)
        )
