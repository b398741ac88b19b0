"""Text in, sound and word timings out: espeak-ng through ctypes.

Every rendering loads the library afresh and unloads it after (1 ms): it keeps hidden state between
texts, so that otherwise the same text would sound a little different each time and a restarted
sandbox could not recognise what it said before. Where a system does not unload libraries, all still
works, by the ears' slower way. Not thread-safe: one thread only.
"""

from __future__ import annotations

import _ctypes
import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import espeakng_loader  # type: ignore[import-untyped]  # it ships no types
import numpy as np

from floyd.sandbox.sound.mulaw import Samples

RENDERED_RATE_HZ = 22_050

_SYNCHRONOUS = 2
_DONT_EXIT_ON_ERROR = 0x8000
_POSITION_IN_CHARACTERS = 1
_UTF8 = 1
_RATE = 1
_END_OF_LIST = 0
_WORD = 1


class _Event(ctypes.Structure):
    """`espeak_EVENT` of speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_SynthCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


class UnknownVoiceError(ValueError):
    """espeak-ng has no voice of that name."""


@dataclass(frozen=True)
class Rendering:
    """Sound at 22,050 Hz; each word event as (index of its first character, milliseconds)."""

    samples: Samples
    word_events: list[tuple[int, int]]


def render(text: str, voice: str, words_per_minute: int) -> Rendering:
    """Speaks the text.

    Raises:
        UnknownVoiceError: There is no such voice.
    """
    sound = bytearray()
    word_events: list[tuple[int, int]] = []

    def receive(wave: ctypes._Pointer[ctypes.c_short], count: int, events: object) -> int:
        if wave and count:
            sound.extend(ctypes.string_at(wave, count * 2))
        word_events.extend(_words_of(events))
        return 0

    callback = _SynthCallback(receive)
    with _library() as library:
        library.espeak_SetSynthCallback(callback)
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise UnknownVoiceError(voice)
        library.espeak_SetParameter(_RATE, words_per_minute, 0)
        encoded = text.encode()
        library.espeak_Synth(
            encoded, len(encoded) + 1, 0, _POSITION_IN_CHARACTERS, 0, _UTF8, None, None
        )
    return Rendering(np.frombuffer(bytes(sound), np.int16), word_events)


def _words_of(events: object) -> Iterator[tuple[int, int]]:
    index = 0
    while (event := events[index]).type != _END_OF_LIST:  # type: ignore[index]  # a C array
        if event.type == _WORD:
            yield event.text_position - 1, event.audio_position
        index += 1


@contextmanager
def _library() -> Iterator[ctypes.CDLL]:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT_ON_ERROR)
    if rate != RENDERED_RATE_HZ:
        raise RuntimeError(f"espeak-ng could not start ({rate})")
    try:
        yield library
    finally:
        library.espeak_Terminate()
        unload = getattr(_ctypes, "dlclose" if hasattr(_ctypes, "dlclose") else "FreeLibrary")
        unload(library._handle)
