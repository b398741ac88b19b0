"""Speech to text, streamed."""
