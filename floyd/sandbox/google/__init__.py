"""The stand-in for Google Speech-to-Text."""

from floyd.sandbox.google.conditions import GoogleConditions
from floyd.sandbox.google.service import GoogleSpeech

__all__ = ["GoogleConditions", "GoogleSpeech"]
