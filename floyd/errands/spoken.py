"""What comes of a user's words on the phone, and the one text that confirms it.

Whoever calls from a user's number without being vouched for may be anybody: of what they want
nothing is done before the user has said yes by text.
"""

from collections.abc import Sequence

from floyd.errands.handling import Desk, own_words
from floyd.errands.lifecycle import State
from floyd.errands.settling import carry_out
from floyd.prompts.schemas import Wish
from floyd.reports.wording import shall_i, shortened
from floyd.store.models import Errand, Question

NOT_CAUGHT = "You called me, but I didn't catch what I can do for you. Text me or call again."
NOT_CAUGHT_FROM_SOMEBODY = (
    "Somebody called me from your number, but I didn't catch what I can do. Was it you? Text me."
)
BY_TEXT_ONLY = (
    "Somebody calling from your number wanted more than that; I can't be sure it was you, "
    "so please text me what it was."
)

_IDLE = frozenset({"small_talk", "unclear"})
_LONGEST_WISH = 300
_MOST_ASKED = 3


def confirmation(desk: Desk, wishes: Sequence[Wish]) -> list[str]:
    """Do what was asked for on the phone and return what confirms it, sentence by sentence.

    Small talk alone needs no text.
    """
    wanted = [wish for wish in wishes if wish.kind not in _IDLE]
    if wanted:
        return _done(desk, wanted) if desk.is_surely_the_user else _asked(desk, wanted)
    if wishes and all(wish.kind == "small_talk" for wish in wishes):
        return []
    return [NOT_CAUGHT if desk.is_surely_the_user else NOT_CAUGHT_FROM_SOMEBODY]


def _done(desk: Desk, wanted: Sequence[Wish]) -> list[str]:
    said = [told for wish in wanted if (told := carry_out(desk, wish))]
    requests = [_essence(desk, wish) for wish in wanted if wish.kind == "new_errand"]
    if requests:
        said.insert(0, f"You asked me by phone: {'; '.join(requests)}. I'm on it.")
    return said


def _asked(desk: Desk, wanted: Sequence[Wish]) -> list[str]:
    """Ask the user whether the errands of somebody who called are theirs; do nothing else."""
    requests = [_essence(desk, wish) for wish in wanted if wish.kind == "new_errand"]
    questions = [shall_i(request) for request in dict.fromkeys(requests[:_MOST_ASKED])]
    for request, question in zip(dict.fromkeys(requests), questions, strict=False):
        errand = Errand.create(
            user=desk.user,
            # What the user reads, and not a word more, is what they say yes to.
            request=request,
            state=State.WAITING_FOR_USER.value,
            created_at=desk.now,
        )
        Question.create(errand=errand, text=question, asked_at=desk.now)
    more = len(questions) < len(wanted)
    return [*questions, BY_TEXT_ONLY] if more else questions


def _essence(desk: Desk, wish: Wish) -> str:
    return shortened(own_words(desk, wish), _LONGEST_WISH).rstrip(".!? ")
