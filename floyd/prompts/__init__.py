"""What Floyd tells its model: readable files beside the schemas of the answers."""

from functools import cache
from importlib.resources import files


@cache
def instructions(name: str) -> str:
    """Return the instructions of a task (`understanding`, `plan`, `call`, `report`) as text."""
    return files(__package__).joinpath(f"{name}.md").read_text(encoding="utf-8")
