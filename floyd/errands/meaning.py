"""Which errand a wish is about: the model proposes, what is not clear is asked back.

A guess here could cost a call: where a mere yes may be for several, the user is asked which.
"""

import re

from floyd.errands import inquiries
from floyd.errands.conversation import open_errands, open_questions
from floyd.errands.decisions import drops_it
from floyd.errands.handling import Desk, own_words
from floyd.errands.lifecycle import State
from floyd.errands.telling import name_of
from floyd.prompts.schemas import Wish
from floyd.reports.wording import is_yes_or_no
from floyd.store.models import Errand

_DECISIONS = frozenset({"confirm", "refuse"})
_NAMES_ONE = frozenset({"answer", "cancel", "correction"})
_POLAR = re.compile(
    r"^\W*(?:(?:and|so|also)\W+)?(?:do|does|did|is|are|was|were|will|would|can|could|shall|should|"
    r"may|has|have)\b",
    re.IGNORECASE,
)
_LONGEST_WORD_SHARED_BY_CHANCE = 3


def resolved(desk: Desk, wish: Wish) -> Wish | str:
    """Return a wish that names its errand, or the question which one is meant.

    Where nothing is open that it could be about, the wish is returned as it is.
    """
    if wish.kind in _DECISIONS:
        return _decision(desk, wish)
    if wish.kind not in _NAMES_ONE:
        return wish
    candidates = open_errands(desk.user)
    if wish.kind == "answer":
        candidates = [errand for errand in candidates if open_questions(errand)]
    if wish.errand_id is not None or len(candidates) < 2:
        return _naming(wish, candidates)
    return _which(desk, wish, _named_by(own_words(desk, wish), candidates) or candidates)


def _decision(desk: Desk, wish: Wish) -> Wish | str:
    """Return whose yes or no it is."""
    words = own_words(desk, wish)
    waiting = [one for one in open_errands(desk.user) if one.state == State.WAITING_FOR_USER]
    undecided = [one for one in waiting if any(is_yes_or_no(q.text) for q in open_questions(one))]
    if len(undecided) > 1:
        return _which(desk, wish, _named_by(words, undecided) or undecided)
    if undecided:
        named = [one for one in waiting if one.id == wish.errand_id and one not in undecided]
        answer = _as_answer(wish, named[0], words) if named else None
        return answer or wish.model_copy(update={"errand_id": undecided[0].id})
    meant = [one for one in waiting if one.id == wish.errand_id] or waiting
    if len(meant) > 1:
        return _which(desk, wish, _named_by(words, meant) or meant)
    return (_as_answer(wish, meant[0], words) if meant else None) or wish


def _as_answer(wish: Wish, errand: Errand, words: str) -> Wish | None:
    """Return a yes or no as the answer that it is to a question of an errand, if it asks one."""
    questions = [question.text for question in open_questions(errand)]
    if len(questions) != 1 or not _POLAR.search(questions[0]) or drops_it(words):
        return None
    return wish.model_copy(update={"kind": "answer", "errand_id": errand.id})


def _naming(wish: Wish, candidates: list[Errand]) -> Wish:
    if len(candidates) == 1 and wish.errand_id is None:
        return wish.model_copy(update={"errand_id": candidates[0].id})
    return wish


def _named_by(words: str, errands: list[Errand]) -> list[Errand]:
    """Return the errand that words alone tell from the others, if there is one."""
    said = _words(words)
    by_errand = [_words(f"{name_of(errand)} {errand.request}") for errand in errands]
    own = [
        said & (theirs - set().union(*(other for other in by_errand if other is not theirs)))
        for theirs in by_errand
    ]
    named = [errand for errand, shared in zip(errands, own, strict=True) if shared]
    return named if len(named) == 1 else []


def _which(desk: Desk, wish: Wish, errands: list[Errand]) -> Wish | str:
    if len(errands) == 1:
        return wish.model_copy(update={"errand_id": errands[0].id})
    names = " ".join(f"{place}) {name_of(one)}" for place, one in enumerate(errands, start=1))
    matter = {
        "wish": wish.model_dump(mode="json"),
        "text": desk.text.id,
        "body": desk.text.body,
        "errands": [errand.id for errand in errands],
    }
    return inquiries.ask(desk, inquiries.WHICH, f"Which one do you mean? {names}", matter)


def _words(text: str) -> set[str]:
    found = re.findall(r"[^\W_]+", text.casefold())
    return {word for word in found if len(word) > _LONGEST_WORD_SHARED_BY_CHANCE}
