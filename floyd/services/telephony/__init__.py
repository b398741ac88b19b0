"""The phone company: calls and texts."""
