"""A live conversation: a request's messages in, who said what and what Floyd knows out."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from floyd.sandbox.openai.double.reading import (
    content,
    knowledge,
    matched,
    name_of,
    names,
    owners,
    parsed,
    person_in,
    replaced,
    words,
)
from floyd.sandbox.openai.double.written import written

Messages = list[dict[str, Any]]

# Who speaks, by the name under which their words come.
_SPEAKERS = {"callee_said": "callee", "user_said": "callee", "note": "note"}


@dataclass(frozen=True)
class Conversation:
    """A phone call so far.

    Attributes:
        brief: what Floyd was told before the call, e.g. plan, snapshot and callee.
        prompt: all that Floyd was told, as text.
        turns: (speaker, words) in order; the speaker is `floyd`, `callee` (the other side of the
            line, whoever it is) or `note`.
    """

    brief: dict[str, Any]
    prompt: str
    turns: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, messages: Messages) -> "Conversation":
        """Read the messages of a request."""
        values = [parsed(message) for message in messages]
        brief = next((value for value in values if value and not _SPEAKERS.keys() & value), {})
        prompt = content(messages[0]) + "\n" + json.dumps(brief, ensure_ascii=False)
        return cls(brief, prompt, tuple(_turns(messages)))

    @property
    def waiting(self) -> list[str]:
        """What the callee said since Floyd last spoke."""
        spoken = [index for index, turn in enumerate(self.turns) if turn[0] == "floyd"]
        since = self.turns[spoken[-1] + 1 :] if spoken else self.turns
        return [text for speaker, text in since if speaker == "callee"]

    @property
    def note(self) -> str:
        """What happened on the line just now, if anything did."""
        return self.turns[-1][1] if self.turns and self.turns[-1][0] == "note" else ""

    def said_by(self, speaker: str) -> list[str]:
        """Return all that a speaker has said."""
        return [text for who, text in self.turns if who == speaker]

    def before(self, speaker: str) -> "Conversation":
        """Return the conversation up to the last turn of a speaker, without it."""
        last = max((i for i, turn in enumerate(self.turns) if turn[0] == speaker), default=0)
        return Conversation(self.brief, self.prompt, self.turns[:last])

    @cached_property
    def told(self) -> bool:
        """Whether the callee has heard most of the opening line."""
        purpose = re.findall(r"\w+", self.opening.lower())
        heard = set(re.findall(r"\w+", " ".join(self.said_by("floyd")).lower()))
        told = sum(word in heard for word in purpose)
        return told >= len(purpose) * float(knowledge("conversation")["told_share"])

    @cached_property
    def opening(self) -> str:
        """The sentence that says why Floyd calls, or had called."""
        opening = str(self._plan.get("opening_line") or "")
        rules = knowledge("line")["returned"]
        if not matched([rules["greeting"]], " ".join(self.said_by("floyd")[:1])):
            return opening
        return replaced([(rule["pattern"], rule["say"]) for rule in rules["perspective"]], opening)

    @cached_property
    def limit(self) -> float | None:
        """The most that may be spent, in dollars; None where the user stated nothing."""
        usd = (self._plan.get("limits") or {}).get("budget_usd")
        return None if usd is None else float(usd)

    @cached_property
    def user(self) -> str:
        """The name of the user."""
        return name_of(self._snapshot.get("user")) or "the person I'm calling for"

    @cached_property
    def request(self) -> str:
        """The errand in the user's words, which may have been spoken."""
        known = owners(self._facts) | words(name_of(self._snapshot.get("user")))
        return written(str(self._snapshot.get("request") or ""), known)

    @cached_property
    def person(self) -> str:
        """Whom the errand is about: a name of the request, else the user."""
        known = names(" ".join(str(fact.get("subject")) for fact in self._facts))
        callee = words(name_of(self._plan.get("callee")))
        return person_in(self.request, known, callee - known) or self.user

    @cached_property
    def lines(self) -> list[str]:
        """All that Floyd knows, as lines of subject and value."""
        facts = [f"{fact.get('subject')}: {fact.get('value')}" for fact in self._facts]
        given = self._snapshot.get("answers") or []
        answers = [f"{each.get('question')}: {each.get('answer')}" for each in given]
        steps = [f"step: {step}" for step in self._plan.get("steps") or []]
        limits = [] if self.limit is None else [f"limit: {self.limit:g}"]
        return [*facts, *steps, *limits, *answers, f"request: {self.request}"]

    def filled(self, template: str, **values: str) -> str:
        """Return a template of the data file with what is known filled in."""
        known = {"user": self.user, "person": self.person, "opening": self.opening}
        return template.format(**known, **values).strip()

    def find(self, pattern: str) -> str | None:
        """Return the `value` of the first known line that a pattern fits."""
        pattern = pattern.replace("{person}", re.escape(self.person))
        found = (matched([pattern], line) for line in self.lines)
        return next((match["value"].strip() for match in found if match), None)

    @property
    def _plan(self) -> dict[str, Any]:
        return self.brief.get("plan") or {}

    @property
    def _snapshot(self) -> dict[str, Any]:
        return self.brief.get("snapshot") or {}

    @property
    def _facts(self) -> list[dict[str, Any]]:
        return self._snapshot.get("facts") or []


def _turns(messages: Messages) -> Iterator[tuple[str, str]]:
    for message in messages:
        if message["role"] == "assistant" and content(message):
            yield "floyd", content(message)
        said = parsed(message) if message["role"] == "user" else {}
        yield from ((_SPEAKERS[name], str(said[name])) for name in _SPEAKERS if name in said)
