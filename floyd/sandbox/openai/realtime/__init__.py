"""`/v1/realtime`: the Realtime API as a reader uses it, over a WebSocket."""

from floyd.sandbox.openai.realtime.socket import add_routes

__all__ = ["add_routes"]
