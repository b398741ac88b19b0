"""The rules of strict structured outputs: a JSON schema in, the service's complaint out."""

from typing import Any

_REFUSED = (
    "allOf",
    "not",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "then",
    "else",
    "default",
)


def complaint(schema: Any) -> str | None:
    """Return what the service would say against a strict schema, None if it takes it."""
    if not isinstance(schema, dict) or schema.get("type") != "object" or "anyOf" in schema:
        kind = schema.get("type") if isinstance(schema, dict) else None
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{kind}\"'."
    return _complaint(schema, ())


def _complaint(schema: Any, path: tuple[str, ...]) -> str | None:
    where = f"In context=({_spelled(path)}), "
    if not isinstance(schema, dict):
        return f"{where}expected an object."
    siblings = sorted(set(schema) - {"$ref"})
    if "$ref" in schema and siblings:
        named = ", ".join(f"'{keyword}'" for keyword in siblings)
        return f"context=({_spelled(path)}), $ref cannot have keywords {{{named}}}."
    refused = next((keyword for keyword in _REFUSED if keyword in schema), None)
    if refused:
        return f"{where}'{refused}' is not permitted."
    if not {"type", "$ref", "anyOf", "enum", "const"} & set(schema):
        return f"{where}schema must have a 'type' key."
    return _object_complaint(schema, path) or _first_inside(schema, path)


def _object_complaint(schema: dict[str, Any], path: tuple[str, ...]) -> str | None:
    """Check that an object closes itself and requires all that it has."""
    if schema.get("type") != "object":
        return None
    where = f"In context=({_spelled(path)}), "
    if schema.get("additionalProperties") is not False:
        return f"{where}'additionalProperties' is required to be supplied and to be false."
    required = schema.get("required") or []
    missing = next((name for name in schema.get("properties", {}) if name not in required), None)
    if missing is None:
        return None
    return (
        f"{where}'required' is required to be supplied and to be an array including every key in "
        f"properties. Missing '{missing}'."
    )


def _first_inside(schema: dict[str, Any], path: tuple[str, ...]) -> str | None:
    inside: list[tuple[tuple[str, ...], Any]] = []
    for group in ("properties", "$defs", "definitions"):
        inside += [((*path, group, name), part) for name, part in schema.get(group, {}).items()]
    choices = enumerate(schema.get("anyOf", []))
    inside += [((*path, "anyOf", str(index)), part) for index, part in choices]
    if "items" in schema:
        inside.append(((*path, "items"), schema["items"]))
    complaints = (_complaint(part, where) for where, part in inside)
    return next((found for found in complaints if found), None)


def _spelled(path: tuple[str, ...]) -> str:
    """Spell a path as the service does, as a Python tuple."""
    return ", ".join(f"'{step}'" for step in path) + ("," if len(path) == 1 else "")
