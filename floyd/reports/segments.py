"""What a text costs: whether it is GSM-7 and fits two segments, and how it is made to; pure."""

import re
import unicodedata

_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_TWICE = frozenset("^{}\\[~]|€\f")
_GSM_7_UNITS = 306
_UCS_2_UNITS = 134
_SENTENCE_END = re.compile(r"[.!?](?=\s)")
_MORE = " ..."


def is_gsm7(text: str) -> bool:
    """Return whether every letter of a text is one of GSM-7."""
    return set(text) <= _GSM_7 | _GSM_7_TWICE


def fits(text: str) -> bool:
    """Return whether a text is sent as one or two segments."""
    if is_gsm7(text):
        return len(text) + sum(letter in _GSM_7_TWICE for letter in text) <= _GSM_7_UNITS
    return len(text.encode("utf-16-le")) // 2 <= _UCS_2_UNITS


def two_segments(text: str) -> str:
    """Return a text that fits two segments: cut at a sentence, else at a word.

    Accents that GSM-7 has not are left out and emoji go: one of them would halve the room. Another
    script stays what it is, and has that half.
    """
    text = _in_gsm7(text)
    if fits(text):
        return text
    text = text[: _GSM_7_UNITS + 1]
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    whole = next((text[:end] for end in reversed(ends) if fits(text[:end])), "")
    room = text
    while not fits(room + _MORE):
        room = room[:-1]
    return whole if len(whole) > len(room) // 2 else room.rsplit(None, 1)[0].rstrip(",;:") + _MORE


def _in_gsm7(text: str) -> str:
    return " ".join("".join(_simple(letter) for letter in text).split())


def _simple(letter: str) -> str:
    if letter in _GSM_7 or letter in _GSM_7_TWICE:
        return letter
    folded = unicodedata.normalize("NFKD", letter)
    base = "".join(part for part in folded if not unicodedata.combining(part))
    if base and is_gsm7(base):
        return base
    return "" if unicodedata.category(letter) in ("So", "Sk", "Cf", "Mn", "Cn", "Co") else letter
