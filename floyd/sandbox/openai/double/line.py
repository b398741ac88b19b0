"""What can happen in any call: notes, "sorry?", another assistant; a call in, Floyd's words out."""

from collections.abc import Callable

from floyd.sandbox.openai.double.heard import Conversation
from floyd.sandbox.openai.double.reading import knowledge, matched, sentences
from floyd.sandbox.openai.double.reply import Reply, ToolCall

RULES = knowledge("line")


def after_note(call: Conversation, answer: Callable[[Conversation], Reply]) -> Reply:
    """Return what Floyd says after what happened on the line just now.

    Args:
        call: so far; a note is the last of it.
        answer: gives the answer to what the other side said before.
    """
    rule = next((rule for rule in RULES["notes"] if matched([rule["pattern"]], call.note)), None)
    if rule and rule["then"] == "wait":
        return Reply(rule["say"])
    if rule and rule["then"] == "say_why":
        return Reply(call.opening)
    waiting = call.before("note")
    if not waiting.waiting:
        waiting = waiting.before("floyd")
    going_on = answer(waiting)
    if rule and rule["then"] == "call_again":
        return Reply("", going_on.tool_calls)
    return Reply(f"{rule['say'] if rule else ''} {going_on.text}".strip(), going_on.tool_calls)


def asks_again(text: str) -> bool:
    """Tell whether Floyd is asked to say it again."""
    return matched(RULES["repeat"]["patterns"], text) is not None


def is_back(call: Conversation, text: str) -> bool:
    """Tell whether these words only answer "are you still there?"."""
    passing, here = RULES["repeat"]["passing"], RULES["repeat"]["here"]
    return bool(matched([passing], call.said_by("floyd")[-1]) and matched([here], text))


def last_words(call: Conversation) -> str:
    """Return what Floyd said last that is worth repeating, without its introduction."""
    left_out = [RULES["repeat"]["passing"], r"\bthis is floyd\b"]
    for text in reversed(call.said_by("floyd")):
        if kept := [part for part in sentences(text) if not matched(left_out, part)]:
            return " ".join(kept)
    return call.opening


def is_with_an_assistant(call: Conversation) -> bool:
    """Tell whether the other side has said that it is an assistant itself."""
    return any(
        matched(RULES["assistants"]["introduction"], said) for said in call.said_by("callee")
    )


def to_an_assistant(call: Conversation, ending: ToolCall) -> Reply:
    """Be polite and brief; end the call as soon as that is asked for."""
    rules = RULES["assistants"]
    if matched([rules["goodbye"]], " ".join(call.waiting)):
        return Reply(rules["farewell"], (ending,))
    said = set(call.said_by("floyd"))
    return Reply(next((text for text in rules["says"] if text not in said), rules["says"][-1]))
