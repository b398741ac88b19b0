"""The stand-in for Google's Places API."""

from floyd.sandbox.places.app import build_app
from floyd.sandbox.places.conditions import PlacesConditions

__all__ = ["PlacesConditions", "build_app"]
