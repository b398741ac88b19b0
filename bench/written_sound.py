"""Sound with its words written into it: text in, mu-law out; and the texts of a stream of it.

The bench must know whose reply it hears, so the voice of the bench does not speak: the first
samples of each of its clips spell the text, in loud codes that nothing on the way strips as quiet.
"""

SAMPLE_RATE_HZ = 8000
FRAME_BYTES = 160
SECONDS_A_LETTER = 0.06
_LEAST_S = 0.4

_BEGINS = bytes((0x80, 0x8F, 0x80, 0x8F, 0x8C, 0x83, 0x8A, 0x85))
_TONE = bytes((0x1F, 0x9F))
_LETTER = 0x80
_LENGTH_NIBBLES = 4


def duration_s(text: str) -> float:
    """How long a text sounds: as long as somebody would speak it."""
    return max(_LEAST_S, len(text) * SECONDS_A_LETTER)


def sound_of(text: str) -> bytes:
    """Return a text as sound: whole frames of 20 ms, loud from the first sample to the last."""
    written = text.encode()
    head = _BEGINS + _spelled(len(written).to_bytes(_LENGTH_NIBBLES // 2, "big") + written)
    frames = -(-max(len(head), round(duration_s(text) * SAMPLE_RATE_HZ)) // FRAME_BYTES)
    body = _TONE * (frames * FRAME_BYTES // 2)
    return (head + body)[: frames * FRAME_BYTES]


class Reader:
    """Finds the texts in a stream of such sound, wherever its messages are cut."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, mulaw: bytes) -> list[str]:
        """Return the texts whose beginning is complete with this sound."""
        self._rest += mulaw
        texts = []
        while (found := self._next()) is not None:
            texts.append(found)
        return texts

    def _next(self) -> str | None:
        at = self._rest.find(_BEGINS)
        if at < 0:
            self._rest = self._rest[-len(_BEGINS) + 1 :]
            return None
        length_at = at + len(_BEGINS)
        text_at = length_at + _LENGTH_NIBBLES
        if len(self._rest) < text_at:
            return None
        end = text_at + 2 * int.from_bytes(_read(self._rest[length_at:text_at]), "big")
        if len(self._rest) < end:
            return None
        text = _read(self._rest[text_at:end]).decode(errors="replace")
        self._rest = self._rest[end:]
        return text


def _spelled(data: bytes) -> bytes:
    return bytes(_LETTER | nibble for byte in data for nibble in (byte >> 4, byte & 0x0F))


def _read(spelled: bytes) -> bytes:
    nibbles = [code & 0x0F for code in spelled]
    return bytes(high << 4 | low for high, low in zip(nibbles[::2], nibbles[1::2], strict=True))
