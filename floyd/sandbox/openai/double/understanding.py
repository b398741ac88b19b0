"""The double's reading of a text or a phone call: material of `Understanding` in, wishes out."""

from typing import Any

from floyd.sandbox.openai.double.reading import material
from floyd.sandbox.openai.double.spoken import Line, wishes_of
from floyd.sandbox.openai.double.taught import taught
from floyd.sandbox.openai.double.wishes import wishes_in

_LONGEST_WISH = 1_000


def understand(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the text of the material asks for, as an `Understanding`."""
    given = material(messages, "text")
    open_errands = [errand for errand in given.get("open_errands") or [] if "id" in errand]
    if given.get("spoken"):
        dialogue = [Line(str(each["speaker"]), _plain(each["text"])) for each in given["spoken"]]
        wishes = wishes_of(dialogue, open_errands)
    else:
        recent = [errand for errand in given.get("recent_errands") or [] if "id" in errand]
        wishes = wishes_in(_plain(given.get("text")), open_errands, recent)
    user, known = str(given.get("user") or ""), [str(each) for each in given.get("known") or []]
    return {"wishes": [taught(each, user, known) for each in wishes]}


def _plain(text: Any) -> str:
    return str(text or "").replace("\0", " ").strip()[:_LONGEST_WISH]
