"""Voices that speak and ears that recognise them: the only sound of the sandbox."""

from floyd.sandbox.sound.clip import SAMPLE_RATE_HZ, Clip, HeardWord, SpokenWord
from floyd.sandbox.sound.ears import Ears
from floyd.sandbox.sound.espeak import UnknownVoiceError
from floyd.sandbox.sound.voices import Voices

__all__ = [
    "SAMPLE_RATE_HZ",
    "Clip",
    "Ears",
    "HeardWord",
    "SpokenWord",
    "UnknownVoiceError",
    "Voices",
]
