"""The directory: the phone numbers of places by their name or kind."""
