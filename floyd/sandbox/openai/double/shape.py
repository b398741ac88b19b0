"""Fits an answer to the JSON schema of the request, so that it always validates."""

from typing import Any

_EMPTY: dict[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False, "null": None}


def shaped(value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None) -> Any:
    """Return the value with what the schema lacks left out and what it requires filled in.

    Args:
        value: the answer as the double made it; None where it has nothing to say.
        schema: a strict JSON schema.
        root: the whole schema, for references into it.
    """
    root = root or schema
    if "$ref" in schema:
        return shaped(value, _resolved(schema["$ref"], root), root)
    if "anyOf" in schema:
        return shaped(value, _choice(value, schema["anyOf"]), root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return value if value in schema["enum"] else schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        given = value if isinstance(value, dict) else {}
        fields = schema.get("properties", {}).items()
        return {name: shaped(given.get(name), field, root) for name, field in fields}
    if kind == "array":
        return [shaped(item, schema.get("items", {}), root) for item in value or []]
    return value if value is not None else _EMPTY.get(_first(kind))


def _resolved(reference: str, root: dict[str, Any]) -> dict[str, Any]:
    found: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        found = found[step] if step else found
    return dict(found)


def _choice(value: Any, choices: list[dict[str, Any]]) -> dict[str, Any]:
    is_null = [choice.get("type") == "null" for choice in choices]
    wanted = value is None
    fitting = (choice for choice, null in zip(choices, is_null, strict=True) if null == wanted)
    return next(fitting, choices[0])


def _first(kind: Any) -> str:
    """Return the type that stands for "nothing to say": null where it is allowed."""
    if isinstance(kind, list):
        return "null" if "null" in kind else str(kind[0])
    return str(kind)
