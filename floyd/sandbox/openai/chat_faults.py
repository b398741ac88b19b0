"""What a test may have go wrong with an answer: the double's answer in, a spoilt one out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from floyd.sandbox.openai.chat_objects import CalledTool, Completion, pieces
from floyd.sandbox.openai.conditions import OpenAIConditions

REFUSAL = "I'm sorry, I can't help with that."
UNKNOWN_TOOL = CalledTool("transfer_money", '{"amount_usd": 100}')
BROKEN_ARGUMENTS = '{"outcome": "splendid", "evidence": ['


def spoilt(answer: Completion, body: Mapping[str, Any], conditions: OpenAIConditions) -> Completion:
    """Apply the faults that are due to a request, each as often as it was asked for."""
    structured = (body.get("response_format") or {}).get("type") == "json_schema"
    if conditions.refusal:
        conditions.refusal -= 1
        return Completion(refusal=REFUSAL)
    if conditions.truncate:
        conditions.truncate -= 1
        kept = pieces(answer.text)
        return Completion("".join(kept[: len(kept) // 2]), cut_short=True)
    if conditions.malformed_json and structured:
        conditions.malformed_json -= 1
        return replace(answer, text=answer.text[:-1] + ", oops")
    return _with_bad_tool(answer, body, conditions)


def _with_bad_tool(
    answer: Completion, body: Mapping[str, Any], conditions: OpenAIConditions
) -> Completion:
    tools = body.get("tools")
    if tools and conditions.unknown_tool:
        conditions.unknown_tool -= 1
        return replace(answer, calls=(UNKNOWN_TOOL,))
    if tools and conditions.bad_tool_arguments:
        conditions.bad_tool_arguments -= 1
        name = answer.calls[0].name if answer.calls else tools[0]["function"]["name"]
        return replace(answer, calls=(CalledTool(name, BROKEN_ARGUMENTS),))
    return answer
