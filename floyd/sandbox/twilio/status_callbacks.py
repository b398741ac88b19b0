"""Tells the customer of a call's progress, in order, as often as was asked for."""

import asyncio
from email.utils import format_datetime

from floyd.sandbox.twilio import numbers
from floyd.sandbox.twilio.call import API_VERSION, Call
from floyd.sandbox.twilio.carrier import Carrier


def call_fields(carrier: Carrier, call: Call) -> dict[str, str]:
    """The fields that every request about a call has."""
    fields = {
        "AccountSid": carrier.account.sid,
        "ApiVersion": API_VERSION,
        "CallSid": call.sid,
        "CallStatus": call.status,
        "Called": call.to,
        "Caller": call.from_,
        "Direction": call.direction,
        "From": call.from_,
        "FromCountry": numbers.region(call.from_),
        "To": call.to,
        "ToCountry": numbers.region(call.to),
    }
    if call.parent_sid:
        fields["ParentCallSid"] = call.parent_sid
    if call.stir_verstat:
        fields["StirVerstat"] = call.stir_verstat
    return fields


class StatusCallbacks:
    """The status callbacks of one call."""

    def __init__(self, carrier: Carrier, url: str | None, events: frozenset[str]) -> None:
        self._carrier = carrier
        self._url = url
        self._events = events
        self._sequence = 0
        self._last: asyncio.Task[None] | None = None

    def tell(self, event: str, call: Call) -> None:
        """Send the call's present state behind what was sent before."""
        if self._url is None or event not in self._events:
            return
        fields = call_fields(self._carrier, call) | {
            "CallStatus": "initiated" if event == "initiated" else call.status,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self._sequence),
            "Timestamp": format_datetime(self._carrier.clock.now()),
        }
        if call.is_over:
            fields["CallDuration"] = str(call.duration_s)
            fields["Duration"] = str(-(-call.duration_s // 60))
        self._sequence += 1
        self._last = self._carrier.background.spawn(
            self._send(self._last, self._url, f"callback call {fields['CallStatus']}", fields)
        )

    async def _send(
        self, before: asyncio.Task[None] | None, url: str, name: str, fields: dict[str, str]
    ) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self._carrier.webhooks.notify(name, url, fields)
