"""What Google refuses, in Google's words."""

from __future__ import annotations

from typing import Any

import grpc
from google.cloud.speech_v1 import RecognitionConfig

LARGEST_AUDIO_BYTES = 25_600
RATE_HZ = 8000

MULAW = int(RecognitionConfig.AudioEncoding.MULAW)
LINEAR16 = int(RecognitionConfig.AudioEncoding.LINEAR16)

_MODELS = frozenset(
    "default command_and_search phone_call video telephony telephony_short "
    "latest_long latest_short medical_conversation medical_dictation".split()
)


class Refusal(Exception):
    """A status that ends the stream."""

    def __init__(self, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details


def check_config(request: Any) -> Any:
    """Takes the first request of a stream (a raw protobuf message).

    Returns:
        Its streaming_config.

    Raises:
        Refusal: It is not a configuration, or one that cannot work.
    """
    if request.WhichOneof("streaming_request") != "streaming_config":
        raise _malordered("streaming_config")
    config = request.streaming_config.config
    if config.encoding not in (MULAW, LINEAR16):
        raise _invalid("bad encoding.")
    # The real service takes other rates too; nothing in the sandbox sounds at them.
    if config.sample_rate_hertz != RATE_HZ:
        raise _invalid("bad sample rate hertz.")
    if not config.language_code:
        raise _invalid("bad language code.")
    if config.model and config.model not in _MODELS:
        raise _invalid("bad model.")
    return request.streaming_config


def check_audio(request: Any) -> bytes:
    """Takes any later request; returns its audio.

    Raises:
        Refusal: It holds no audio, or too much.
    """
    if request.WhichOneof("streaming_request") != "audio_content":
        raise _malordered("audio_content")
    audio: bytes = request.audio_content
    if len(audio) > LARGEST_AUDIO_BYTES:
        raise Refusal(
            grpc.StatusCode.INVALID_ARGUMENT,
            f"Audio chunk can be of a maximum of {LARGEST_AUDIO_BYTES} bytes. "
            f"Received audio of {len(audio)} bytes instead.",
        )
    return audio


def out_of_time(stream_limit_s: float) -> Refusal:
    """The stream has lasted too long."""
    return Refusal(
        grpc.StatusCode.OUT_OF_RANGE,
        f"Exceeded maximum allowed stream duration of {stream_limit_s:g} seconds.",
    )


def without_audio() -> Refusal:
    """No audio came for too long."""
    return Refusal(
        grpc.StatusCode.OUT_OF_RANGE,
        "Audio Timeout Error: Long duration elapsed without audio. "
        "Audio should be sent close to real time.",
    )


def too_fast() -> Refusal:
    """The audio runs far ahead of real time."""
    return Refusal(
        grpc.StatusCode.OUT_OF_RANGE,
        "Audio data is being streamed too fast. "
        "Please stream audio data approximately at real time.",
    )


def exhausted() -> Refusal:
    """The quota is used up."""
    return Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "Resource has been exhausted (quota).")


def unavailable() -> Refusal:
    """The service is down."""
    return Refusal(grpc.StatusCode.UNAVAILABLE, "The service is currently unavailable.")


def _malordered(expected: str) -> Refusal:
    return Refusal(
        grpc.StatusCode.INVALID_ARGUMENT,
        f"Malordered Data Received. Expected {expected} none was set. "
        "Send exactly one config, followed by audio data.",
    )


def _invalid(what: str) -> Refusal:
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"Invalid recognition 'config': {what}")
