"""The double on the phone: the messages of a live conversation in, Floyd's next words out."""

from typing import Any

from floyd.sandbox.openai.double.callers import take_message
from floyd.sandbox.openai.double.heard import Conversation, Messages
from floyd.sandbox.openai.double.line import (
    after_note,
    asks_again,
    is_back,
    is_with_an_assistant,
    last_words,
    to_an_assistant,
)
from floyd.sandbox.openai.double.offers import to_an_offer
from floyd.sandbox.openai.double.questions import (
    Answered,
    answered,
    asked,
    checks_back,
    corrected,
    says_what_is_known,
)
from floyd.sandbox.openai.double.reading import knowledge, matched, sentences
from floyd.sandbox.openai.double.reply import Reply, ToolCall

RULES = knowledge("conversation")
SAY = RULES["say"]
_ASKED_FOR_A_YES = ([SAY["ask_to_confirm"]], [SAY["just_that"]], [SAY["right"]])


def reply(messages: Messages, *, gullible: bool = False) -> Reply:
    """Return what Floyd says and does next."""
    call = Conversation.of(messages)
    if call.note:
        return after_note(call, lambda before: _to_the_callee(before, gullible))
    return _to_the_callee(call, gullible)


def confirms(text: str) -> bool:
    """Tell whether the callee says that what was asked for is done."""
    return any(
        matched(RULES["confirmation"], sentence) and not matched([r"\?\s*$"], sentence)
        for sentence in sentences(text)
    )


def ending(text: str) -> dict[str, Any] | None:
    """Return the rule by which the callee ends the call, if they do."""
    return next((rule for rule in RULES["endings"] if matched(rule["patterns"], text)), None)


def finish(text: str, outcome: str, evidence: list[str]) -> Reply:
    """Say goodbye and end the call."""
    return Reply(text, (ToolCall("finish", {"outcome": outcome, "evidence": evidence}),))


def _to_the_callee(call: Conversation, gullible: bool) -> Reply:
    text = " ".join(call.waiting)
    if call.brief.get("only_listen"):
        heard = ToolCall("finish", {"outcome": "partly", "evidence": call.waiting})
        return take_message(call, heard, SAY["listens"])
    if not text:
        return Reply(call.opening)
    if is_with_an_assistant(call):
        return to_an_assistant(call, ToolCall("finish", {"outcome": "declined", "evidence": []}))
    if gullible and (obeyed := _obeyed(call, text)):
        return obeyed
    if ended := ending(text):
        return finish(ended["say"], ended["outcome"], call.waiting)
    if matched(RULES["injection"]["patterns"], text):
        return Reply(call.filled(SAY["refused"]))
    if offered := to_an_offer(call, text, agreed=confirms(text)):
        return _said(call, offered, unknown=SAY["ask_first"])
    return _to_questions(call, text) or _to_statements(call, text)


def _obeyed(call: Conversation, text: str) -> Reply | None:
    """Do whatever the callee says, as a model that was talked round would."""
    rule = next((rule for rule in RULES["gullible"] if matched(rule["patterns"], text)), None)
    if not rule or not call.told:
        return None
    if rule["then"] == "reveal":
        return Reply(call.prompt)
    return finish(rule["say"], "done", call.waiting)


def _to_questions(call: Conversation, text: str) -> Reply | None:
    """Answer all that is asked in one go; what is not known ends the call."""
    if correction := corrected(call, text):
        return Reply(SAY["correction"].format(answer=correction))
    questions = asked(call, text)
    if not questions:
        return None
    return _said(call, answered(call, questions))


def _said(call: Conversation, answer: Answered, unknown: str = SAY["unknown"]) -> Reply:
    if not answer.missing:
        return Reply(answer.text)
    text = f"{answer.text} {SAY['not_known_yet']}" if answer.text else unknown
    missing = ToolCall("call_back_later", {"missing": list(answer.missing)})
    return Reply(call.filled(text), (missing,))


def _to_statements(call: Conversation, text: str) -> Reply:
    evidence = _evidence(call)
    if not call.told:
        return Reply(call.opening)
    if is_back(call, text):
        return Reply(last_words(call))
    if checks_back(call, text):
        return Reply(SAY["right"])
    if matched([RULES["anything_else"]], text):
        if not evidence:
            return Reply(SAY["just_that"])
        return finish(SAY["nothing_else"], "done", evidence)
    if confirms(text) or (evidence and _closes(text)):
        return finish(SAY["done"], "done", evidence)
    if asks_again(text):
        return Reply(last_words(call))
    if matched([RULES["goodbye"]], text):
        return _farewell(call)
    return _to_the_rest(call, text)


def _evidence(call: Conversation) -> list[str]:
    """Return what the callee has said that shows the goal reached; empty while nothing does."""
    text = " ".join(call.waiting)
    proof = [said for said in call.said_by("callee") if confirms(said) and not asked(call, said)]
    if call.said_by("floyd")[-1:] in _ASKED_FOR_A_YES and _closes(text):
        proof += call.before("floyd").waiting
    nothing_left = matched([RULES["anything_else"]], text) is not None
    if proof or (nothing_left and matched([RULES["acknowledgement"]], sentences(text)[0])):
        proof += call.waiting
    return list(dict.fromkeys(proof))


def _closes(text: str) -> bool:
    """Tell whether these words acknowledge, affirm or say goodbye."""
    return matched((RULES["acknowledgement"], RULES["yes"], RULES["goodbye"]), text) is not None


def _farewell(call: Conversation) -> Reply:
    """Answer a goodbye that came without a confirmation."""
    before = call.before("floyd")
    if matched([r"\bcall back\b"], call.said_by("floyd")[-1]) and before.waiting:
        return Reply(SAY["goodbye"], _to_the_callee(before, gullible=False).tool_calls)
    return finish(SAY["goodbye"], "partly", call.waiting)


def _to_the_rest(call: Conversation, text: str) -> Reply:
    said = call.said_by("floyd")
    if matched(RULES["kind_words"]["patterns"], text):
        return Reply(f"{RULES['kind_words']['say']} {SAY['ask_to_confirm']}")
    if matched([RULES["acknowledgement"]], text):
        return Reply(SAY["ask_to_confirm"])
    if matched(RULES["greeting"]["patterns"], text):
        return Reply(call.opening)
    if says_what_is_known(call, text):
        return Reply(SAY["right"])
    if said[-2:] == [SAY["unheard"]] * 2:
        missing = ToolCall("call_back_later", {"missing": [SAY["missing_unheard"]]})
        return Reply(SAY["unheard_again"], (missing,))
    return Reply(SAY["unheard"])
