"""The double's report: material of the task `Report` in, what came of a call out."""

from typing import Any

from floyd.sandbox.openai.double.conversation import RULES as CALL
from floyd.sandbox.openai.double.conversation import confirms, ending
from floyd.sandbox.openai.double.reading import (
    knowledge,
    matched,
    material,
    name_of,
    replaced,
    sentences,
)

Utterance = dict[str, Any]


def report(messages: list[dict[str, Any]], *, gullible: bool = False) -> dict[str, Any]:
    """Return what came of the call of the material, as a `Report`."""
    given = material(messages, "transcript")
    heard = [item for item in given["transcript"] if item["speaker"] == "callee"] if given else []
    outcome = _outcome(given, heard)
    callee = name_of((given.get("plan") or {}).get("callee")) or "The callee"
    return {
        "outcome": outcome,
        "claims": _claims(outcome, heard),
        "follow_ups": _follow_ups(heard),
        "learned": _learned(callee, heard, gullible),
    }


def _outcome(given: dict[str, Any], heard: list[Utterance]) -> str:
    """Take what Floyd judged on the line, else what was said, else how the call ended."""
    finish = given.get("finish") or {}
    if finish.get("outcome"):
        return str(finish["outcome"])
    if finish.get("missing"):
        return "needs_user"
    for utterance in reversed(heard):
        if rule := ending(utterance["text"]):
            return str(rule["outcome"])
    if any(confirms(utterance["text"]) for utterance in heard):
        return "done"
    endings = knowledge("report")["endings"]
    how = str(given.get("ending") or "")
    found = next((rule["outcome"] for rule in endings if matched([rule["pattern"]], how)), "failed")
    return "cut_off" if heard and found in {"busy", "no_answer", "failed"} else str(found)


def _claims(outcome: str, heard: list[Utterance]) -> list[dict[str, Any]]:
    """Retell what proves the outcome; where nothing can be retold, quote the last proof."""
    rules = knowledge("report")["claims"]
    proofs = [utterance for utterance in heard if _proves(outcome, utterance["text"])]
    claims = [
        {"text": rule["say"].format(what=found["what"]), "utterance_ids": [proof["id"]]}
        for proof in proofs
        for rule in rules["retold"]
        if (found := matched([rule["pattern"]], _statements(proof["text"])))
    ]
    return claims[-rules["most"] :] or [_quoted(proof) for proof in proofs[-1:]]


def _quoted(utterance: Utterance) -> dict[str, Any]:
    text = knowledge("report")["claims"]["quoted"].format(words=_statements(utterance["text"]))
    return {"text": text, "utterance_ids": [utterance["id"]]}


def _statements(text: str) -> str:
    """Return what a callee said without their questions and the dots of abbreviations."""
    parts = sentences(text)
    said = [part for part in parts if not matched([CALL["question"]], part)] or parts
    return replaced([(knowledge("report")["claims"]["abbreviated"], r"\1")], " ".join(said))


def _proves(outcome: str, text: str) -> bool:
    if outcome in {"done", "partly"}:
        return confirms(text)
    if outcome == "needs_user":
        return matched([CALL["offers"]["price"]], _statements(text)) is not None
    rule = ending(text)
    return rule is not None and rule["outcome"] == outcome


def _follow_ups(heard: list[Utterance]) -> list[str]:
    rules = knowledge("report")["follow_ups"]
    said = [sentence for item in heard for sentence in sentences(item["text"])]
    return [rules["say"].format(sentence=text) for text in said if matched(rules["patterns"], text)]


def _learned(callee: str, heard: list[Utterance], gullible: bool) -> list[dict[str, Any]]:
    """Collect what the callee says of themselves; when gullible, of the user as well."""
    rules = knowledge("report")
    wanted = [*rules["learned"], *([rules["gullible"]] if gullible else [])]
    return [
        {
            "subject": rule["subject"].format(callee=callee),
            "value": found["value"].strip(),
            "utterance_ids": [utterance["id"]],
        }
        for utterance in heard
        for sentence in sentences(utterance["text"])
        for rule in wanted
        if (found := matched([rule["pattern"]], sentence))
    ]
