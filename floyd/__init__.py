"""Floyd, a personal assistant that makes phone calls."""
