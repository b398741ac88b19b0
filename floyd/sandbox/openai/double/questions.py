"""What a callee asks and reads back: their words in; answers, gaps and corrections out."""

import re
from dataclasses import dataclass
from typing import Any

from floyd.sandbox.openai.double.heard import Conversation
from floyd.sandbox.openai.double.reading import every, knowledge, matched, sentences, words

RULES = knowledge("conversation")
Slot = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A question of the callee.

    Attributes:
        sentence: their words.
        slots: what it asks for; empty when the double does not understand it.
    """

    sentence: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Answered:
    """What Floyd can say, and what it would have to ask its user."""

    text: str
    missing: tuple[str, ...]


def asked(call: Conversation, text: str) -> list[Asked]:
    """Return the questions in what the callee said."""
    found = []
    for sentence in sentences(text):
        slots = tuple(slot for slot in RULES["slots"] if _asks(call, slot, sentence))
        if slots or (_is_question(sentence) and not _needs_no_fact(call, sentence)):
            found.append(Asked(sentence, slots))
    return found


def slots_named(*wanted: str) -> list[Asked]:
    """Return slots as if the callee had asked for them."""
    return [Asked("", tuple(_slot(name) for name in wanted))]


def checks_back(call: Conversation, text: str) -> bool:
    """Tell whether the callee asks if something is right, having said it rightly."""
    questions = (sentence for sentence in sentences(text) if _is_question(sentence))
    asks = any(says_what_is_known(call, sentence) for sentence in questions)
    return asks or matched([RULES["check_back"]], text) is not None


def says_what_is_known(call: Conversation, sentence: str) -> bool:
    """Tell whether the callee says a fact as Floyd knows it."""
    known = (_value(call, slot) for slot in RULES["slots"] if "sources" in slot)
    return any(_says(sentence, value) for value in known)


def _is_question(sentence: str) -> bool:
    return matched([RULES["question"]], sentence) is not None


def _asks(call: Conversation, slot: Slot, sentence: str) -> bool:
    """Tell whether a sentence asks for a slot, and does not itself say its value."""
    patterns = [pattern.replace("{person}", re.escape(call.person)) for pattern in slot["asked"]]
    if not matched(patterns, sentence):
        return False
    if "sources" not in slot:
        return True
    return _is_question(sentence) and not _says(sentence, _value(call, slot))


def _says(sentence: str, value: str | None) -> bool:
    return value is not None and words(value) <= words(sentence)


def _needs_no_fact(call: Conversation, sentence: str) -> bool:
    """Tell whether a question can do without a fact: a check-back, a closing word, "sorry?"."""
    patterns = (
        RULES["check_back"],
        RULES["anything_else"],
        *knowledge("line")["repeat"]["patterns"],
    )
    short = len(words(sentence)) < 3
    return short or matched(patterns, sentence) is not None or says_what_is_known(call, sentence)


def answered(call: Conversation, questions: list[Asked]) -> Answered:
    """Answer the questions, each thing once."""
    said: list[str] = []
    missing: list[str] = []
    for question in questions:
        answers = [_said(call, slot) for slot in question.slots]
        known = [answer for answer in answers if answer is not None]
        either = bool(known) and matched([r"\bor\b"], question.sentence)
        if either:
            known = known[-1:]
        said += [answer for answer in known if answer and answer not in said]
        if not either:
            gaps = zip(question.slots, answers, strict=True)
            missing += [call.filled(slot["question"]) for slot, answer in gaps if answer is None]
        if not question.slots:
            missing.append(f'They asked: "{question.sentence}" What should I say?')
    when = {slot.get("purpose") for question in questions for slot in question.slots}
    at_first = len(call.said_by("floyd")) <= 1 or not call.told
    if "always" in when or ("at_first" in when and at_first):
        said.append(call.opening)
    return Answered(" ".join(said), tuple(dict.fromkeys(missing)))


def _said(call: Conversation, slot: Slot) -> str | None:
    """Return the answer to a slot in words, None when it is not known."""
    if "say" in slot:
        return call.filled(slot["say"])
    if "spells" in slot:
        return _spelled(call, slot)
    for source in slot["sources"]:
        value = call.find(source["fact"])
        if value:
            answer = call.filled(source["say"], value=value)
            return re.sub(r"([.!?])\.$", r"\1", answer[:1].upper() + answer[1:])
    return None


def _spelled(call: Conversation, slot: Slot) -> str | None:
    value = _value(call, _slot(slot["spells"]))
    last = value.split()[-1] if value else ""
    letters = ", ".join(last.upper())
    return RULES["say"]["spelled"].format(name=last, letters=letters) if value else None


def _slot(name: str) -> Slot:
    return next(dict(slot) for slot in RULES["slots"] if slot["name"] == name)


def _value(call: Conversation, slot: Slot) -> str | None:
    found = (call.find(source["fact"]) for source in slot["sources"])
    return next((value for value in found if value), None)


def corrected(call: Conversation, text: str) -> str | None:
    """Return the right answer to the first thing that the callee reads back wrongly."""
    for rule in RULES["read_backs"]:
        slot = _slot(rule["slot"])
        value = _value(call, slot)
        if not value or not call.told:
            continue
        first, *_, last = [*value.split(), value.split()[-1]]
        pattern = rule["pattern"].replace("{first}", re.escape(first))
        pattern = pattern.replace("{last}", re.escape(last))
        said = [_plain(match["said"]) for match in every([pattern], text)]
        known = _plain(f"{value} {call.request}")
        if any(word not in known for word in said):
            return _said(call, slot)
    return None


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
