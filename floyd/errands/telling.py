"""How an errand is named and how it stands, in words for its user; from our own rows, no model."""

from floyd.errands.conversation import open_questions
from floyd.errands.lifecycle import State
from floyd.reports.moments import day_and_time
from floyd.reports.wording import numbered
from floyd.store.models import Errand, OutboundText

_REQUEST_LENGTH = 40

_STANDING: dict[State, str] = {
    State.NEW: "I'm about to plan it.",
    State.SCHEDULED: "I'm about to call.",
    State.PLANNING: "I'm planning it.",
    State.READY: "I'm about to call.",
    State.CALLING: "I'm on the phone.",
    State.REPORTING: "the call is over, I'm writing down what came of it.",
    State.CANCELLED: "dropped.",
}


def name_of(errand: Errand) -> str:
    """Return what an errand is called: its plan's title, before that its first words."""
    if errand.plan:
        return str(errand.plan["title"]).rstrip(".")
    words = " ".join(errand.request.split())
    if len(words) <= _REQUEST_LENGTH:
        return words.rstrip(".")
    return words[:_REQUEST_LENGTH].rsplit(" ", 1)[0] + "..."


def callee_of(errand: Errand) -> str:
    """Return the name of whom an errand phones."""
    return str(errand.plan["callee"]["name"]) if errand.plan else "them"


def standing(errand: Errand) -> str:
    """Return how an errand stands, as one sentence."""
    state = State(errand.state)
    if state is State.WAITING_FOR_USER:
        questions = [question.text for question in open_questions(errand)]
        return f"{name_of(errand)}: I'm waiting for your answer. {numbered(questions)}"
    if state in (State.DONE, State.FAILED):
        return f"{name_of(errand)}: {_last_words(errand)}"
    if state is State.SCHEDULED and errand.due_at is not None:
        return f"{name_of(errand)}: I'll call on {day_and_time(errand.due_at, errand.user.zone)}."
    return f"{name_of(errand)}: {_STANDING[state]}"


def _last_words(errand: Errand) -> str:
    """Return what the user was told last about an errand."""
    last = (
        OutboundText.select()
        .where(OutboundText.errand == errand)
        .order_by(OutboundText.id.desc())
        .first()
    )
    return str(last.body) if last else "it is over."
