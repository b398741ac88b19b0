"""How well and how fast the speech stand-in works; tests and the control API change it live."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class GoogleConditions:
    """Latencies count from the sound itself, in sandbox seconds; rates are 0 to 1."""

    interim_latency_s: float = 0.1
    final_latency_s: float = 0.7
    """After the end of speech; the real one takes 0.3 to 1.6."""
    word_error_rate: float = 0.0
    """Words that stay wrong, in interim results and in the final one."""
    revise_rate: float = 0.0
    """Interim results whose newest word is misheard and corrected in the next one."""
    stream_limit_s: float = 305.0
    audio_timeout_s: float = 10.0
    unavailable_next: int = 0
    """So many of the next streams are refused with UNAVAILABLE."""
    unavailable: bool = False
    """While true, new streams are refused and running ones break with UNAVAILABLE."""
    exhausted_next: int = 0
    """So many of the next streams are refused with RESOURCE_EXHAUSTED."""
    network_dead: bool = False
    """While true, no byte comes or goes, and nobody is told."""
    ahead_limit_s: float = 30.0
    """A stream breaks whose audio runs further ahead of real time."""
    seed: int = 0
