"""Heard words in, messages of Google's response type out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from google.cloud.speech_v1 import StreamingRecognizeResponse
from google.protobuf.duration_pb2 import Duration  # type: ignore[import-untyped]  # no stubs

from floyd.sandbox.google.mishearing import plain
from floyd.sandbox.sound import HeardWord

# The raw protobuf class: proto-plus around it costs several times as much per message.
Response: Any = StreamingRecognizeResponse.pb()
_Events = StreamingRecognizeResponse.SpeechEventType

_STABLE, _UNSTABLE = 0.9, 0.01
_CONFIDENCE = 0.94


class Results:
    """Builds the responses of one stream, as its configuration asks for them."""

    def __init__(self, streaming_config: Any) -> None:
        self._config = streaming_config.config
        self._finals = 0

    def interim(self, words: Sequence[HeardWord], newest: str | None = None) -> Any:
        """What is heard so far; a newest word that is still unsure comes as a second result."""
        stable = words[:-1] if newest is not None else words
        texts = [(" ".join(plain(word.text) for word in stable), _STABLE)]
        if newest is not None:
            texts.append((f" {newest}" if stable else newest, _UNSTABLE))
        results = [
            {
                "alternatives": [{"transcript": self._gap() + text if not index else text}],
                "stability": stability,
                "result_end_time": _duration(words[-1].end_ms),
                "language_code": self._language(),
            }
            for index, (text, stability) in enumerate(texts)
            if text
        ]
        return Response(results=results)

    def final(self, words: Sequence[HeardWord]) -> Any:
        """The result of a whole utterance."""
        punctuated = self._config.enable_automatic_punctuation
        texts = [word.text if punctuated else plain(word.text) for word in words]
        alternative = {
            "transcript": self._gap() + " ".join(texts),
            "confidence": _CONFIDENCE,
            "words": self._word_infos(words, texts),
        }
        self._finals += 1
        result = {
            "alternatives": [alternative],
            "is_final": True,
            "result_end_time": _duration(words[-1].end_ms),
            "language_code": self._language(),
        }
        return Response(results=[result])

    def speech_began(self, at_ms: int) -> Any:
        """The event of sound after silence."""
        return _event(int(_Events.SPEECH_ACTIVITY_BEGIN), at_ms)

    def speech_ended(self, at_ms: int) -> Any:
        """The event of silence after sound."""
        return _event(int(_Events.SPEECH_ACTIVITY_END), at_ms)

    def single_utterance_ended(self, at_ms: int) -> Any:
        """The event that tells a client of `single_utterance` to stop sending."""
        return _event(int(_Events.END_OF_SINGLE_UTTERANCE), at_ms)

    def billed(self, position_ms: int) -> Any:
        """The last message of a stream: what it will cost."""
        return Response(total_billed_time=_duration(-(-position_ms // 1000) * 1000))

    def _word_infos(self, words: Sequence[HeardWord], texts: Sequence[str]) -> list[Any]:
        if not (self._config.enable_word_time_offsets or self._config.enable_word_confidence):
            return []
        infos: list[dict[str, Any]] = []
        for word, text in zip(words, texts, strict=True):
            info: dict[str, Any] = {"word": text}
            if self._config.enable_word_time_offsets:
                info["start_time"] = _duration(word.start_ms)
                info["end_time"] = _duration(word.end_ms)
            if self._config.enable_word_confidence:
                info["confidence"] = _CONFIDENCE
            infos.append(info)
        return infos

    def _gap(self) -> str:
        # Google's transcripts after the first one of a stream begin with a space.
        return " " if self._finals else ""

    def _language(self) -> str:
        language: str = self._config.language_code
        return language.lower()


def _event(kind: int, at_ms: int) -> Any:
    return Response(speech_event_type=kind, speech_event_time=_duration(at_ms))


def _duration(ms: int) -> Duration:
    return Duration(seconds=ms // 1000, nanos=ms % 1000 * 1_000_000)
