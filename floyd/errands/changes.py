"""What a user changes of an errand: it is planned anew with that, or they read what is possible."""

from floyd.errands.conversation import open_questions
from floyd.errands.handling import Desk, own_words
from floyd.errands.lifecycle import CLOSED, State, move
from floyd.errands.telling import callee_of, name_of
from floyd.prompts.schemas import Wish
from floyd.reports.wording import CALL_AGAIN, is_yes_or_no
from floyd.store.database import Writes
from floyd.store.models import Errand, Question

CHANGED = "What should be different?"
"""The question that a correction answers, as a plan reads it."""

_WHAT_CHANGES = "I'm not sure what that changes. Which errand do you mean?"
_ALL_RIGHT = "All right, I'll go by that."
_ON_THE_PHONE = (
    "{name}: I'm on the phone with {callee} and can't change it in this call. "
    "If I call again, I'll go by that."
)
_JUST_OVER = "{name}: that call has just ended. I'll text you what came of it in a moment."
_STILL_ASKED = "{name}: noted. {question}"
_OVER: dict[State, str] = {
    State.DONE: "{name}: that is done already. {question}",
    State.FAILED: "{name}: that did not work out, and I've stopped. {question}",
    State.CANCELLED: "{name}: I had dropped that. {question}",
}


def correct(desk: Desk, wish: Wish) -> str:
    """Have an errand go by what its user corrects or adds."""
    errand = Errand.get_or_none((Errand.id == wish.errand_id) & (Errand.user == desk.user))
    if errand is None:
        return _WHAT_CHANGES
    words = own_words(desk, wish)
    if State(errand.state) in CLOSED:
        return _offer_again(desk, errand, words)
    _note(desk, errand, words)
    asked = [one.text for one in open_questions(errand) if is_yes_or_no(one.text)]
    if asked:
        return _STILL_ASKED.format(name=name_of(errand), question=asked[0])
    return _go_by_it(desk, errand)


def plan_anew(writes: Writes, errand_id: int, why: str, now: float) -> bool:
    """Have an errand planned once more, whatever it waits for; False when it cannot be now.

    Whoever plans it right now has planned in vain: the errand counts as begun anew.
    """
    for state in (State.PLANNING, State.READY):
        if move(writes, errand_id, state, State.SCHEDULED, why, now, due_at=now):
            break
    return any(
        move(writes, errand_id, state, State.PLANNING, why, now, due_at=now)
        for state in (State.WAITING_FOR_USER, State.SCHEDULED)
    )


def _go_by_it(desk: Desk, errand: Errand) -> str:
    if errand.state == State.NEW:
        return _ALL_RIGHT
    if plan_anew(desk.writes, errand.id, "the user changed it", desk.now):
        # What is still not known is asked anew, in the light of the change.
        Question.delete().where(
            (Question.errand == errand) & Question.answered_at.is_null()
        ).execute()
        desk.errands.append(errand.id)
        return _ALL_RIGHT
    calling = Errand.get_by_id(errand.id).state == State.CALLING
    template = _ON_THE_PHONE if calling else _JUST_OVER
    return template.format(name=name_of(errand), callee=callee_of(errand))


def _note(desk: Desk, errand: Errand, words: str) -> None:
    now = desk.now
    Question.create(errand=errand, text=CHANGED, asked_at=now, answer=words, answered_at=now)


def _offer_again(desk: Desk, errand: Errand, words: str) -> str:
    """Ask whether to call once more, for an errand that knows all that this one did."""
    again = Errand.create(
        user=desk.user,
        request=errand.request,
        plan=errand.plan,
        choices=errand.choices,
        state=State.WAITING_FOR_USER.value,
        created_at=desk.now,
    )
    answered = (Question.errand == errand) & Question.answer.is_null(False)
    for question in Question.select().where(answered).order_by(Question.id):
        if not is_yes_or_no(question.text):
            _copy(question, again)
    _note(desk, again, words)
    Question.create(errand=again, text=CALL_AGAIN, asked_at=desk.now)
    return _OVER[State(errand.state)].format(name=name_of(errand), question=CALL_AGAIN)


def _copy(question: Question, errand: Errand) -> None:
    Question.create(
        errand=errand,
        text=question.text,
        asked_at=question.asked_at,
        answer=question.answer,
        answered_at=question.answered_at,
    )
