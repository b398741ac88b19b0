"""Recordings of calls: both sides' frames in, one WAV file a side out, of the same length."""

import wave
from pathlib import Path

from floyd.sandbox.sound import SAMPLE_RATE_HZ
from floyd.sandbox.sound.mulaw import decode


class Recording:
    """Listens in on a line from its answering to its end."""

    def __init__(self) -> None:
        self._from_phone = bytearray()
        self._to_phone = bytearray()

    def on_frame(self, from_phone: bytes, to_phone: bytes) -> None:
        """Keep the 20 ms that just passed."""
        self._from_phone += from_phone
        self._to_phone += to_phone

    def on_key(self, key: str) -> None:
        """Keys are heard as tones or not at all."""

    def save(self, directory: Path, name: str) -> list[Path]:
        """Write `<name>-phone.wav` and `<name>-line.wav`: mono, 8 kHz, 16 bit."""
        directory.mkdir(parents=True, exist_ok=True)
        sides = {"phone": self._from_phone, "line": self._to_phone}
        return [
            _write(directory / f"{name}-{side}.wav", bytes(mulaw)) for side, mulaw in sides.items()
        ]


def _write(path: Path, mulaw: bytes) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(decode(mulaw).tobytes())
    return path
