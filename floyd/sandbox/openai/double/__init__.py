"""A rule-based double of a chat model: a request in, an answer out. It is no language model.

It recognises Floyd's tasks by the name of the schema that the answer must have, or by the tools of
a live conversation, and answers from patterns in the data files beside it: enough to play the
demos and the tests on a machine without accounts. Whatever else it is asked, it says what it is.
It decides from the request alone. When `gullible` it obeys whoever is on the phone, so that tests
can show that Floyd's own gates hold.
"""

import json
from collections.abc import Mapping
from typing import Any

from floyd.sandbox.openai.double import callers, conversation, desk, plan, report, understanding
from floyd.sandbox.openai.double.heard import Conversation
from floyd.sandbox.openai.double.reply import Reply, ToolCall
from floyd.sandbox.openai.double.shape import shaped

__all__ = ["Reply", "ToolCall", "answer"]

_WHAT_IT_IS = "I am a rule-based stand-in for a language model and know only Floyd's own tasks."


def answer(request: Mapping[str, Any], *, gullible: bool = False) -> Reply:
    """Answer a checked request of the Chat Completions API."""
    messages = request["messages"]
    form = request.get("response_format") or {}
    if form.get("type") == "json_schema":
        value = _structured(form["json_schema"]["name"], messages, gullible)
        return Reply(json.dumps(shaped(value, form["json_schema"]["schema"]), ensure_ascii=False))
    if form.get("type") == "json_object":
        return Reply(json.dumps({"note": _WHAT_IT_IS}))
    if request.get("tools"):
        offered = {tool["function"]["name"] for tool in request["tools"]}
        reply = _live(messages, offered, gullible)
        may_call = offered if request.get("tool_choice") != "none" else set()
        return Reply(reply.text, tuple(call for call in reply.tool_calls if call.name in may_call))
    return Reply(_WHAT_IT_IS)


def _live(messages: list[dict[str, Any]], offered: set[str], gullible: bool) -> Reply:
    """Answer in a live conversation, which its tools and its material tell from the others."""
    if "end_call" not in offered:
        return conversation.reply(messages, gullible=gullible)
    if "now" in Conversation.of(messages).brief:
        return desk.reply(messages)
    return callers.reply(messages)


def _structured(task: str, messages: list[dict[str, Any]], gullible: bool) -> Any:
    match task:
        case "Understanding":
            return understanding.understand(messages)
        case "Plan":
            return plan.plan(messages)
        case "Report":
            return report.report(messages, gullible=gullible)
        case _:
            return None
