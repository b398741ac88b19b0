"""Errands: what users ask for, from their words to a call and on to what came of it."""
