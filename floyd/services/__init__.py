"""The services that Floyd stands on, each a small protocol beside its implementations."""
