"""The double at Floyd's desk: a user's call so far in, Floyd's next words out.

What the user wants is read from the whole dialogue, as it is read again after the call: what a turn
adds is what Floyd answers.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from floyd.sandbox.openai.double import essence
from floyd.sandbox.openai.double.heard import Conversation, Messages
from floyd.sandbox.openai.double.line import (
    after_note,
    asks_again,
    is_back,
    is_with_an_assistant,
    last_words,
    to_an_assistant,
)
from floyd.sandbox.openai.double.reading import knowledge, matched
from floyd.sandbox.openai.double.reply import Reply, ToolCall
from floyd.sandbox.openai.double.spoken import Line, has_a_topic, plainly, wishes_of
from floyd.sandbox.openai.double.wishes import Wish

SAY = knowledge("desk")["say"]
SPOKEN = knowledge("spoken")
END_CALL = ToolCall("end_call", {})
_NOTHING_WANTED = {"small_talk", "unclear"}


def reply(messages: Messages) -> Reply:
    """Return what Floyd says and does next."""
    call = Conversation.of(messages)
    return after_note(call, _to_the_user) if call.note else _to_the_user(call)


@dataclass(frozen=True)
class _Desk:
    """What is known of a call to the desk at the user's latest words."""

    call: Conversation

    @cached_property
    def said(self) -> str:
        return " ".join(self.call.waiting)

    @cached_property
    def errands(self) -> list[dict[str, Any]]:
        """The open errands as a text's are, with their places as ids."""
        return [
            {"id": number, "request": each.get("title"), **each}
            for number, each in enumerate(self.call.brief.get("open_errands") or [])
        ]

    @cached_property
    def wishes(self) -> list[Wish]:
        """All that the user wants so far."""
        return self._wishes_in(self.call)

    @cached_property
    def news(self) -> list[Wish]:
        """What the latest words add or change."""
        turns = self.call.turns
        last = max((i for i, turn in enumerate(turns) if turn[0] == "floyd"), default=0)
        before = Conversation(self.call.brief, self.call.prompt, turns[:last])
        known = self._wishes_in(before) if before.turns else []
        return [wish for wish in self.wishes if wish not in known]

    @cached_property
    def is_leaving(self) -> bool:
        return matched([SPOKEN["goodbye"]], self.said) is not None

    def _wishes_in(self, call: Conversation) -> list[Wish]:
        names = {"callee": "user", "floyd": "floyd"}
        dialogue = [Line(names[who], text) for who, text in call.turns if who in names]
        found = wishes_of(dialogue, self.errands)
        return [wish for wish in found if wish["kind"] not in _NOTHING_WANTED]


def _to_the_user(call: Conversation) -> Reply:
    desk = _Desk(call)
    if not desk.said:
        return Reply(SAY["hello"])
    if is_with_an_assistant(call):
        return to_an_assistant(call, END_CALL)
    if call.said_by("floyd") and (is_back(call, desk.said) or asks_again(desk.said)):
        return Reply(last_words(call) or SAY["hello"])
    return _to_news(desk) if desk.news else _to_the_rest(desk)


def _to_news(desk: _Desk) -> Reply:
    """Answer what can be answered, ask for what is missing, else repeat what is wanted."""
    if not _is_attested(desk) and all(wish["kind"] != "new_errand" for wish in desk.news):
        return Reply(SAY["by_text_only"])
    told = [essence.standing(wish, desk.errands) for wish in desk.news if wish["kind"] == "status"]
    wanted = [wish for wish in desk.news if wish["kind"] != "status"]
    asked = set(desk.call.said_by("floyd"))
    gaps = [gap for wish in wanted for gap in essence.gaps(wish, desk.call.brief)]
    gaps = [gap for gap in dict.fromkeys(gaps) if not any(gap in said for said in asked)]
    if desk.is_leaving:
        farewell = _done(desk, essence.of(wanted, desk.call.brief)) if wanted else SAY["goodbye"]
        return Reply(" ".join([*told, farewell]), (END_CALL,))
    going_on = gaps[0] if gaps else _so(desk, wanted) if wanted else SAY["anything_else"]
    return Reply(" ".join([*told, going_on]))


def _to_the_rest(desk: _Desk) -> Reply:
    """Answer a yes, a no, a goodbye, small talk, or what was not understood."""
    floyd = " ".join(desk.call.said_by("floyd")[-1:])
    checked = matched([SPOKEN["check"]], floyd) is not None
    if checked and matched([SPOKEN["no"]], desk.said):
        return Reply(SAY["what_to_change"])
    if desk.wishes and (desk.is_leaving or (checked and matched([SPOKEN["yes"]], desk.said))):
        return Reply(_done(desk), (END_CALL,))
    if desk.is_leaving:
        return Reply(SAY["goodbye"], (END_CALL,))
    if matched([SPOKEN["never_mind"]], desk.said):
        return Reply(SAY["dropped"])
    errands = [wish for wish in desk.wishes if wish["kind"] == "new_errand"]
    if errands and matched([SPOKEN["not_known"]], desk.said):
        return Reply(_so(desk, errands[-1:]))
    if not plainly(desk.said) and has_a_topic(desk.said):
        return Reply(essence.needed(desk.errands) or SAY["about"])
    if not plainly(desk.said):
        return Reply(SAY["anything_else"] if desk.wishes else SAY["hello"])
    if not _is_attested(desk) and has_a_topic(desk.said):
        return Reply(SAY["by_text_only"])
    if floyd == SAY["unheard"]:
        return Reply(SAY["unheard_again"], (END_CALL,))
    return Reply(SAY["unheard"])


def _so(desk: _Desk, wanted: list[Wish]) -> str:
    """Repeat what is wanted, for a yes."""
    return str(SAY["so"].format(essence=essence.of(wanted, desk.call.brief)))


def _done(desk: _Desk, repeated: str = "") -> str:
    """Say what comes next, and goodbye."""
    kinds = {wish["kind"] for wish in desk.wishes}
    if not _is_attested(desk):
        return str(SAY["done_unattested" if "new_errand" in kinds else "goodbye"])
    if kinds == {"status"}:
        return str(SAY["goodbye"])
    return str(SAY["done_at_once"].format(essence=repeated) if repeated else SAY["done"])


def _is_attested(desk: _Desk) -> bool:
    return desk.call.brief.get("attested") is True
