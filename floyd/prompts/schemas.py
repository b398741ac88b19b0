"""The shapes of the model's answers: what comes back is one of these or it is not used."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """An answer of the model, strictly of its schema."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Outcome(StrEnum):
    """How a call can end; nothing else is ever reported."""

    DONE = "done"
    PARTLY = "partly"
    DECLINED = "declined"
    NEEDS_USER = "needs_user"
    VOICEMAIL_LEFT = "voicemail_left"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    WRONG_NUMBER = "wrong_number"
    CLOSED = "closed"
    DO_NOT_CALL = "do_not_call"
    CUT_OFF = "cut_off"
    FAILED = "failed"


class UserFact(Answer):
    """Something that the user's own words say about the user, worth knowing next time."""

    subject: str = Field(description="What it is about: Anna's address.")
    value: str = Field(description="In the user's own words, no more than they said.")
    until: str | None = Field(
        description="The last day on which it holds, as YYYY-MM-DD, if the user said one."
    )


class SaidContact(Answer):
    """A place or person whose phone number the user gives."""

    name: str = Field(description="As the user calls them: dentist.")
    phone: str = Field(description="The number exactly as the user wrote it.")


class Wish(Answer):
    """One thing that a text asks for."""

    kind: Literal[
        "new_errand",
        "answer",
        "correction",
        "status",
        "cancel",
        "remember",
        "forget",
        "recall",
        "confirm",
        "refuse",
        "instruction",
        "small_talk",
        "unclear",
    ]
    text: str = Field(description="The part of the user's text that says it, word for word.")
    errand_id: int | None = Field(description="The errand that it is about, if that is clear.")
    facts: list[UserFact] = Field(
        description="What the text says about the user; of forget and recall the known subjects."
    )
    contact: SaidContact | None = Field(description="Whose number the text gives to keep, or null.")
    reply: str | None = Field(
        description="What to text back at once: for small_talk and unclear only, else null."
    )


class Understanding(Answer):
    """What a text of the user asks for, in the order in which it says so."""

    wishes: list[Wish]


class PlannedCallee(Answer):
    """Whom to phone."""

    name: str = Field(description="As one would say it: Maple School.")
    contact_id: int | None = Field(description="The id of the matching contact, else null.")
    phone: str | None = Field(
        description="A number that the user wrote, copied exactly, else null. Never invented."
    )
    search: str | None = Field(
        description="What to look up where neither is known: a name or a kind of place, else null."
    )


class Limits(Answer):
    """What the user allows to be agreed on."""

    budget_usd: float | None = Field(description="The most that may be spent, as the user said it.")
    other: list[str] = Field(description="Other limits that the user stated.")


class Plan(Answer):
    """How an errand will be carried out by phone."""

    goal: str = Field(description="One sentence: what is true once the errand is done.")
    title: str = Field(description="Three to six words for the user, e.g. 'Mara sick today'.")
    callee: PlannedCallee
    opening_line: str = Field(
        description="The first sentence after the introduction: the purpose, without a greeting."
    )
    steps: list[str]
    fact_ids: list[int] = Field(description="Only the facts that this call needs.")
    questions: list[str] = Field(
        description="What must be known before the call and is not; empty when nothing is missing."
    )
    limits: Limits
    voicemail_message: str | None = Field(
        description="What to leave on a voicemail if that is enough, else null."
    )
    learned: list[UserFact] = Field(
        description="What `answers` teach about the user for the next time; often empty."
    )


class Claim(Answer):
    """One statement about the call, with the utterances that prove it."""

    text: str = Field(description="One short sentence for the user.")
    utterance_ids: list[int]


class LearnedFact(Answer):
    """Something the callee said that is worth keeping about the callee, never about the user."""

    subject: str
    value: str
    utterance_ids: list[int]


class Report(Answer):
    """What came of a call."""

    outcome: Outcome
    claims: list[Claim]
    follow_ups: list[str] = Field(description="What the user may want to do next; often empty.")
    learned: list[LearnedFact]


class Finish(Answer):
    """Arguments of the tool `finish`: the call has come to its end."""

    outcome: Literal["done", "partly", "declined", "wrong_number", "closed", "do_not_call"]
    evidence: list[str] = Field(description="What the callee said that proves it, word for word.")


class CallBackLater(Answer):
    """Arguments of the tool `call_back_later`: something must be asked of the user first."""

    missing: list[str] = Field(
        description="Each thing to ask the user, as a question.", min_length=1
    )


class EndCall(Answer):
    """Arguments of the tool `end_call`: everything is said."""


class TakeUpErrand(Answer):
    """Arguments of the tool `take_up`: whose call is being returned."""

    errand: int = Field(description="The number of one of the candidates.")
