"""The stand-in for OpenAI's API."""

from floyd.sandbox.openai.app import build_app
from floyd.sandbox.openai.conditions import OpenAIConditions

__all__ = ["OpenAIConditions", "build_app"]
