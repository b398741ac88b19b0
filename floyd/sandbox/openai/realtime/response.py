"""One reading in, the server events that tell of it out, piece by piece."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from floyd.sandbox.sound import Clip

PIECE_MS = 100
_PCMU_BYTES_PER_MS = 8
_PCM_BYTES_PER_MS = 48
# About what a Realtime model uses: one token for 50 ms of audio, one for four characters.
_TOKENS_PER_PIECE = 2
_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class Order:
    """A checked `response.create`, completed from the session."""

    text: str
    voice: str
    format: Mapping[str, Any]
    conversation_id: str | None
    metadata: Mapping[str, str] | None
    max_output_tokens: int | str
    speed: float = 1.0
    prompt: str = ""

    @property
    def wide(self) -> bool:
        """Whether 24 kHz PCM is asked for, not the telephone's mu-law."""
        return bool(self.format["type"] == "audio/pcm")


def text_to_read(instructions: str, items: Sequence[Mapping[str, Any]]) -> str:
    """What the request asks to have read, decided from nothing but the request.

    It is the text of the last input item, or else the instructions; where one part of it stands
    between <read> and </read>, that part alone.
    """
    text = instructions
    if items:
        parts = items[-1].get("content") or []
        text = " ".join(part.get("text", "") for part in parts if part.get("type") == "input_text")
    marked = re.search(r"<read>(.*?)</read>", text, re.DOTALL)
    return (marked.group(1) if marked else text).strip()


@dataclass
class ResponseEvents:
    """Makes the events of one response; what was sent so far is its transcript."""

    order: Order
    response_id: str
    item_id: str
    transcript: str = ""
    _sent_pieces: int = field(default=0, init=False)

    def opening(self) -> Iterator[dict[str, Any]]:
        """From the response's creation to its first content."""
        yield {"type": "response.created", "response": self._response("in_progress")}
        yield self._event(
            "response.output_item.added", item=self._item("in_progress", filled=False)
        )
        yield self._content("response.content_part.added", part=self._part(""))

    def pieces(self, clip: Clip, sound: bytes) -> Iterator[list[dict[str, Any]]]:
        """The events of each 100 ms of speech; words come with the sound of their start."""
        step = PIECE_MS * (_PCM_BYTES_PER_MS if self.order.wide else _PCMU_BYTES_PER_MS)
        words = list(clip.words)
        for at in range(0, len(sound), step):
            if self._limit_reached():
                return
            events: list[dict[str, Any]] = []
            self._sent_pieces += 1
            while words and words[0].start_ms < self._sent_pieces * PIECE_MS:
                events.append(self._word(words.pop(0).text))
            audio = base64.b64encode(sound[at : at + step]).decode()
            events.append(self._content("response.output_audio.delta", delta=audio))
            yield events

    def closing(self, status: str) -> Iterator[dict[str, Any]]:
        """From the end of the sound to the end of the response."""
        if status == "completed" and self._limit_reached():
            status = "incomplete"
        item_status = "completed" if status == "completed" else "incomplete"
        yield self._content("response.output_audio.done")
        yield self._content("response.output_audio_transcript.done", transcript=self.transcript)
        yield self._content("response.content_part.done", part=self._part(self.transcript))
        item = self._item(item_status, filled=True)
        yield self._event("response.output_item.done", item=item)
        done = self._response(status)
        yield {"type": "response.done", "response": {**done, "output": [item]}}

    def _limit_reached(self) -> bool:
        limit = self.order.max_output_tokens
        return isinstance(limit, int) and self._sent_pieces * _TOKENS_PER_PIECE >= limit

    def _word(self, word: str) -> dict[str, Any]:
        delta = f" {word}" if self.transcript else word
        self.transcript += delta
        return self._content("response.output_audio_transcript.delta", delta=delta)

    def _event(self, kind: str, **fields: Any) -> dict[str, Any]:
        return {"type": kind, "response_id": self.response_id, "output_index": 0, **fields}

    def _content(self, kind: str, **fields: Any) -> dict[str, Any]:
        return self._event(kind, item_id=self.item_id, content_index=0, **fields)

    def _part(self, transcript: str) -> dict[str, Any]:
        return {"type": "audio", "transcript": transcript}

    def _item(self, status: str, *, filled: bool) -> dict[str, Any]:
        content = [{"type": "output_audio", "transcript": self.transcript}] if filled else []
        return {
            "id": self.item_id,
            "object": "realtime.item",
            "type": "message",
            "status": status,
            "role": "assistant",
            "content": content,
        }

    def _response(self, status: str) -> dict[str, Any]:
        order = self.order
        return {
            "id": self.response_id,
            "object": "realtime.response",
            "status": status,
            "status_details": _STATUS_DETAILS.get(status),
            "output": [],
            "conversation_id": order.conversation_id,
            "output_modalities": ["audio"],
            "max_output_tokens": order.max_output_tokens,
            "audio": {"output": {"format": dict(order.format), "voice": order.voice}},
            "usage": None if status == "in_progress" else self._usage(),
            "metadata": order.metadata,
        }

    def _usage(self) -> dict[str, Any]:
        read = len(self.order.prompt) // _CHARACTERS_PER_TOKEN + 1
        written = len(self.transcript) // _CHARACTERS_PER_TOKEN + 1
        sounded = self._sent_pieces * _TOKENS_PER_PIECE
        return {
            "total_tokens": read + written + sounded,
            "input_tokens": read,
            "output_tokens": written + sounded,
            "input_token_details": {"text_tokens": read, "audio_tokens": 0, "cached_tokens": 0},
            "output_token_details": {"text_tokens": written, "audio_tokens": sounded},
        }


_STATUS_DETAILS: Mapping[str, Mapping[str, str]] = {
    "completed": {"type": "completed"},
    "cancelled": {"type": "cancelled", "reason": "client_cancelled"},
    "incomplete": {"type": "incomplete", "reason": "max_output_tokens"},
}
