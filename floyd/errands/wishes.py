"""What is done about each kind of wish, inside the transaction that its text is understood in.

Every handler returns the sentence that the user reads about it, or None when another text will
answer: an errand's own.
"""

from floyd.errands.changes import correct
from floyd.errands.conversation import open_errands, open_questions
from floyd.errands.decisions import YesOrNo, drops_it, takes_note, yes_or_no
from floyd.errands.handling import Desk, Handler, own_words
from floyd.errands.lifecycle import DUE_AFTER_S, State, move
from floyd.errands.remembering import forget_it, learn_in_passing, recall, remember
from floyd.errands.telling import name_of, standing
from floyd.prompts.schemas import Wish
from floyd.reports.delivery import plain
from floyd.reports.segments import fits, two_segments
from floyd.reports.wording import CALL_AGAIN, TRY_AGAIN, is_yes_or_no, shortened
from floyd.store.models import Errand, Question, User

_WHICH_ERRAND = "Which of your errands do you mean?"
_NOTHING_OPEN = "Nothing is open right now."
_NOTHING_ASKED = "I haven't asked you anything right now."
_SHRUG = "I'm not sure what you mean. Could you say it in other words?"
_REPLY_LENGTH = 160
_TEACHES_ITSELF = frozenset({"remember", "forget", "recall"})
_CANCELLABLE = frozenset(
    {State.NEW, State.PLANNING, State.WAITING_FOR_USER, State.SCHEDULED, State.READY}
)


def carry_out(desk: Desk, wish: Wish) -> str | None:
    """Do what a wish asks for and return what to say about it, if anything."""
    if wish.kind not in _TEACHES_ITSELF:
        learn_in_passing(desk, wish)
    return HANDLERS[wish.kind](desk, wish)


def _new_errand(desk: Desk, wish: Wish) -> str | None:
    errand = Errand.create(
        user=desk.user,
        request=own_words(desk, wish),
        state=State.NEW.value,
        created_at=desk.now,
        due_at=desk.now + (DUE_AFTER_S[State.NEW] or 0),
    )
    desk.errands.append(errand.id)
    return None


def _answer(desk: Desk, wish: Wish) -> str | None:
    asking = [errand for errand in open_errands(desk.user) if open_questions(errand)]
    if not asking:
        return _NOTHING_ASKED
    errand = _meant(asking, wish)
    if errand is None:
        return _WHICH_ERRAND
    if errand.state != State.WAITING_FOR_USER:
        return f"Thanks, I'm already on it: {standing(errand)}"
    questions = open_questions(errand)
    if any(is_yes_or_no(question.text) for question in questions):
        return _settle(desk, errand, wish, yes_or_no(wish.text))
    if drops_it(wish.text):
        return _cancel_one(desk, errand)
    for question in questions:
        _store_answer(desk, question, own_words(desk, wish))
    _plan_again(desk, errand, "the user answered")
    return "Thanks, I'll go on with that."


def _confirm(desk: Desk, wish: Wish) -> str | None:
    return _decide(desk, wish, YesOrNo.YES)


def _refuse(desk: Desk, wish: Wish) -> str | None:
    return _decide(desk, wish, YesOrNo.NO)


def _decide(desk: Desk, wish: Wish, decision: YesOrNo) -> str | None:
    errand = _asking(desk.user, wish)
    if errand is None:
        return _WHICH_ERRAND if _undecided(desk.user) else _NOTHING_ASKED
    if decision is YesOrNo.NO:
        return _cancel_one(desk, errand)
    if errand.state == State.SCHEDULED:
        return standing(errand) if takes_note(own_words(desk, wish)) else _call_now(desk, errand)
    questions = open_questions(errand)
    if any(is_yes_or_no(question.text) for question in questions):
        return _settle(desk, errand, wish, decision)
    return "I still need to know: " + " ".join(question.text for question in questions)


def _asking(user: User, wish: Wish) -> Errand | None:
    """Return the errand that a yes or a no is for: one that asks, else one that is put off."""
    undecided = _undecided(user)
    asking = [errand for errand in undecided if errand.state == State.WAITING_FOR_USER]
    named = [errand for errand in undecided if errand.id == wish.errand_id]
    return _meant(named or asking or undecided, wish)


def _undecided(user: User) -> list[Errand]:
    states = (State.WAITING_FOR_USER, State.SCHEDULED)
    return [errand for errand in open_errands(user) if errand.state in states]


def _call_now(desk: Desk, errand: Errand) -> str | None:
    """Make an errand ready that was put off; the dial tells its user, or why it must still wait."""
    why = "the user wants it now"
    ready = State.READY
    if move(desk.writes, errand.id, State.SCHEDULED, ready, why, desk.now, due_at=desk.now):
        desk.errands.append(errand.id)
        return None
    return standing(Errand.get_by_id(errand.id))


def _settle(desk: Desk, errand: Errand, wish: Wish, decision: YesOrNo | None) -> str | None:
    """Do what was asked about, or drop it; anything but a yes or a no is asked again."""
    questions = open_questions(errand)
    if decision is YesOrNo.NO:
        return _cancel_one(desk, errand)
    if decision is None:
        tries = any(question.text in (TRY_AGAIN, CALL_AGAIN) for question in questions)
        return f"{name_of(errand)}: shall I {'call again' if tries else 'do that'}, yes or no?"
    for question in questions:
        _store_answer(desk, question, own_words(desk, wish))
    _plan_again(desk, errand, "the user said yes")
    return None


def _status(desk: Desk, wish: Wish) -> str:
    errands = open_errands(desk.user)
    if not errands:
        last = Errand.select().where(Errand.user == desk.user).order_by(Errand.id.desc()).first()
        return f"{_NOTHING_OPEN} Last: {standing(last)}" if last else _NOTHING_OPEN
    meant = [errand for errand in errands if errand.id == wish.errand_id] or errands
    told = [standing(errand) for errand in meant]
    for count in range(len(told), 1, -1):
        left = len(told) - count
        text = " ".join(told[:count]) + (f" And {left} more." if left else "")
        if fits(text):
            return text
    return told[0]


def _cancel(desk: Desk, wish: Wish) -> str:
    errands = open_errands(desk.user)
    if not errands:
        return _NOTHING_OPEN
    errand = _meant(errands, wish)
    return _WHICH_ERRAND if errand is None else _cancel_one(desk, errand)


def _cancel_one(desk: Desk, errand: Errand) -> str:
    # On PostgreSQL it may move on between our look and ours to move; it does so only forward.
    while (state := State(errand.state)) in _CANCELLABLE:
        why = "the user cancelled it"
        if move(desk.writes, errand.id, state, State.CANCELLED, why, desk.now):
            return f"{name_of(errand)}: dropped."
        errand = Errand.get_by_id(errand.id)
    return f"I can't stop that any more. {standing(errand)}"


def _instruction(desk: Desk, wish: Wish) -> str:
    return "I can't pass anything on to a call that is under way yet."


def _talk(desk: Desk, wish: Wish) -> str:
    return shortened(two_segments(plain(wish.reply or "")), _REPLY_LENGTH) or _SHRUG


HANDLERS: dict[str, Handler] = {
    "new_errand": _new_errand,
    "answer": _answer,
    "correction": correct,
    "status": _status,
    "cancel": _cancel,
    "remember": remember,
    "forget": forget_it,
    "recall": recall,
    "confirm": _confirm,
    "refuse": _refuse,
    "instruction": _instruction,
    "small_talk": _talk,
    "unclear": _talk,
}


def _meant(errands: list[Errand], wish: Wish) -> Errand | None:
    """Return the errand that a wish is about: the one it names, else the only one there is."""
    named = [errand for errand in errands if errand.id == wish.errand_id]
    if named:
        return named[0]
    return errands[0] if len(errands) == 1 else None


def _store_answer(desk: Desk, question: Question, answer: str) -> None:
    Question.update(answer=answer, answered_at=desk.now).where(
        (Question.id == question.id) & Question.answered_at.is_null()
    ).execute()


def _plan_again(desk: Desk, errand: Errand, why: str) -> None:
    if move(
        desk.writes,
        errand.id,
        State.WAITING_FOR_USER,
        State.PLANNING,
        why,
        desk.now,
        due_at=desk.now,
    ):
        desk.errands.append(errand.id)
