"""The whole stand-in, wired together."""

from pathlib import Path

from aiohttp import web

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.faults import Faults
from floyd.sandbox.network.network import Network
from floyd.sandbox.records import Records
from floyd.sandbox.sound import Voices
from floyd.sandbox.tasks import Background
from floyd.sandbox.twilio.account import Account
from floyd.sandbox.twilio.calls import Calls
from floyd.sandbox.twilio.carrier import Carrier
from floyd.sandbox.twilio.conditions import TwilioConditions
from floyd.sandbox.twilio.messages import Messages
from floyd.sandbox.twilio.rest import RestApi
from floyd.sandbox.twilio.webhooks import Webhooks


class Twilio:
    """An account at a carrier: serves the API, rings phones, calls the customer's webhooks."""

    def __init__(
        self,
        account: Account,
        clock: SandboxClock,
        conditions: TwilioConditions,
        records: Records,
        network: Network,
        voices: Voices,
        recordings: Path | None = None,
    ) -> None:
        self.faults = Faults(records)
        self._webhooks = Webhooks(account, clock, conditions, self.faults, records)
        self._background = Background()
        carrier = Carrier(
            account,
            clock,
            conditions,
            self.faults,
            records,
            self._webhooks,
            network,
            voices,
            self._background,
            recordings,
        )
        self.calls = Calls(carrier)
        self.messages = Messages(carrier)
        self._api = RestApi(carrier, self.calls, self.messages)

    def build_app(self) -> web.Application:
        """The REST API as an application."""
        return self._api.build_app()

    async def start(self) -> None:
        """Get ready to call webhooks."""
        await self._webhooks.start()

    async def stop(self) -> None:
        """End all calls and deliveries at once."""
        self.faults.clear()
        await self._background.stop()
        await self._webhooks.stop()

    def reset(self) -> None:
        """End the calls, forget calls, texts, opt-outs and faults."""
        self.calls.clear()
        self.messages.clear()
        self.faults.clear()
