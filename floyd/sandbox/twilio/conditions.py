"""What a test may set about the carrier: its latencies, its limits, and how it fails."""

from dataclasses import dataclass, field
from enum import StrEnum


class SocketLoss(StrEnum):
    """What happens to a call whose media socket was lost: Twilio does not document it."""

    CONTINUE = "continue"
    CONTINUE_AFTER_10_S = "continue_after_10_s"
    HANG_UP = "hang_up"


@dataclass
class TwilioConditions:
    """Latencies in sandbox seconds; empty collections and None mean no restriction."""

    api_s: float = 0.05
    webhook_s: float = 0.05
    socket_s: float = 0.1
    ring_s: float = 3.0
    text_delivery_s: float = 0.2
    amd_human_s: float = 2.0
    amd_silence_s: float = 5.0
    amd_machine_s: float = 4.0
    amd_answer: str | None = None
    on_socket_loss: SocketLoss = SocketLoss.CONTINUE
    lose_every: int = 0
    """Every so-many-th media message of a stream is lost; 0 loses none."""
    double_every: int = 0
    """Every so-many-th media message of a stream comes twice."""
    unowned_number: str = "failed"
    calls_per_second: float = 1.0
    max_concurrent_calls: int | None = None
    countries: list[str] = field(default_factory=lambda: ["1"])
    blocked_numbers: list[str] = field(default_factory=list)
    undelivered: dict[str, int] = field(default_factory=dict)
