"""What every part of the stand-in shares."""

from dataclasses import dataclass
from pathlib import Path

from floyd.sandbox.clock import SandboxClock
from floyd.sandbox.faults import Faults
from floyd.sandbox.network.network import Network
from floyd.sandbox.records import Records
from floyd.sandbox.sound import Voices
from floyd.sandbox.tasks import Background
from floyd.sandbox.twilio.account import Account
from floyd.sandbox.twilio.conditions import TwilioConditions
from floyd.sandbox.twilio.webhooks import Webhooks


@dataclass(frozen=True)
class Carrier:
    """The carrier's equipment.

    Attributes:
        recordings: where both sides of every call are kept as WAV files; None keeps none.
    """

    account: Account
    clock: SandboxClock
    conditions: TwilioConditions
    faults: Faults
    records: Records
    webhooks: Webhooks
    network: Network
    voices: Voices
    background: Background
    recordings: Path | None = None

    def note_error(self, code: int, message: str, call_sid: str | None = None) -> None:
        """Write down what Twilio's debugger would show."""
        self.records.add("twilio.error", code=code, message=message, call=call_sid)
