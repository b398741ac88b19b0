"""The double with callers whom it may tell nothing: whose call do they return? Any message?"""

from typing import Any

from floyd.sandbox.openai.double.heard import Conversation, Messages
from floyd.sandbox.openai.double.line import (
    after_note,
    asks_again,
    is_back,
    is_with_an_assistant,
    last_words,
    to_an_assistant,
)
from floyd.sandbox.openai.double.reading import (
    capitalised,
    knowledge,
    matched,
    replaced,
    sentences,
    words,
)
from floyd.sandbox.openai.double.reply import Reply, ToolCall

RULES = knowledge("callers")
END_CALL = ToolCall("end_call", {})


def reply(messages: Messages) -> Reply:
    """Return what Floyd says and does next, with `candidates` or without."""
    call = Conversation.of(messages)
    return after_note(call, _to_the_caller) if call.note else _to_the_caller(call)


def take_message(call: Conversation, ending: ToolCall, invitation: str) -> Reply:
    """Take a message and end the call.

    Args:
        call: so far.
        ending: ends it.
        invitation: what is said to somebody who has said nothing yet.
    """
    said = " ".join(call.waiting)
    if not said:
        return Reply(invitation)
    if is_with_an_assistant(call):
        return to_an_assistant(call, ending)
    if matched([RULES["refuses"]], said):
        return Reply(RULES["goodbye"], (ending,))
    if is_back(call, said) or asks_again(said):
        return Reply(last_words(call))
    message = [part for part in sentences(said) if _is_message(part)]
    if message:
        repeated = capitalised(replaced([(RULES["courtesy"], "")], " ".join(message)))
        repeated = repeated if repeated.endswith((".", "!", "?")) else f"{repeated}."
        return Reply(RULES["passed_on"].format(message=repeated), (ending,))
    if matched([RULES["goodbye_said"]], said):
        return Reply(RULES["goodbye"], (ending,))
    asked = any(matched([RULES["question"]], part) for part in sentences(said))
    return Reply(RULES["not_told"] if asked and not _introduces(said) else invitation)


def _to_the_caller(call: Conversation) -> Reply:
    candidates = call.brief.get("candidates")
    if not candidates:
        return take_message(call, END_CALL, RULES["what"])
    said = " ".join(call.waiting)
    if meant := _meant(candidates, " ".join(call.said_by("callee"))):
        return Reply("", (ToolCall("take_up", {"errand": meant}),))
    asked = [text for text in call.said_by("floyd") if matched([RULES["whose_asked"]], text)]
    if not said or (len(asked) < RULES["most_asked"] and not matched([RULES["not_known"]], said)):
        return Reply(RULES["whose"])
    return take_message(call, END_CALL, RULES["hello"])


def _meant(candidates: list[dict[str, Any]], said: str) -> int | None:
    """Return the errand of the one user whom the caller has named, by the latest call."""
    heard = words(said)
    whole = [each for each in candidates if words(str(each["user"])) <= heard]
    first = [each for each in candidates if str(each["user"]).split()[0].lower() in heard]
    named = whole or first
    if len({each["user"] for each in named}) != 1:
        return None
    when = [each for each in named if words(str(each.get("called"))) & heard]
    return int((when or named)[-1]["errand"])


def _is_message(part: str) -> bool:
    if matched([RULES["goodbye_said"], *RULES["nothing_yet"], RULES["question"]], part):
        return False
    return len(words(part)) > 2 and not matched([RULES["not_known"]], part)


def _introduces(said: str) -> bool:
    return all(matched(RULES["nothing_yet"], part) for part in sentences(said))
