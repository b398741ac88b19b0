"""How the OpenAI stand-in behaves; tests and the control API change it live."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class OpenAIConditions:
    """Latencies are sandbox seconds. What counts down affects so many next requests."""

    # Chat Completions
    first_token_s: float = 0.35
    tokens_per_s: float = 60.0
    """0: all at once."""
    gullible: bool = False
    """The model obeys whoever talks to it."""
    fail_next: list[int] = field(default_factory=list)
    """HTTP statuses of the next chat requests, in order."""
    hang_at_first_token: int = 0
    hang_in_stream: int = 0
    malformed_json: int = 0
    refusal: int = 0
    truncate: int = 0
    unknown_tool: int = 0
    bad_tool_arguments: int = 0

    # Speech, Realtime or by request
    voice_first_byte_s: float = 0.2
    voice_speed: float = 5.0
    """Seconds of speech sent in one second."""
    reword: list[tuple[str, str]] = field(default_factory=list)
    """(written, said): each is applied to the next text that holds it, and then forgotten."""
    reword_rate: float = 0.0
    """Texts, 0 to 1, that are misread in a way of the reader's own."""
    seed: int = 0
    voice_fail_next: list[int] = field(default_factory=list)
    """HTTP statuses of the next speech requests and Realtime handshakes, in order."""
    voice_hang_next: int = 0
    """Texts of which no sound ever comes."""
    realtime_session_s: float = 3600.0
    realtime_event_bytes: int = 20 * 2**20
    """A larger event closes the socket (1009)."""
