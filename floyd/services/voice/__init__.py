"""Text to speech, streamed, as 8 kHz mu-law."""
