"""What a caller left word of who may be a callee: passed on, while no errand changes.

Either nobody vouches for the caller's number, or it never came out which errand was meant. Where
several users' errands may be, words that may tell of one user's errand reach no other user.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from floyd.calls.returning import Candidate, candidates, phoned
from floyd.errands.conversation import dialogue
from floyd.errands.ended import mark_reported, ready_to_report
from floyd.errands.telling import callee_of
from floyd.phone_numbers import for_reading
from floyd.reports.delivery import write_text
from floyd.reports.wording import shortened
from floyd.services import Services
from floyd.store.database import writing
from floyd.store.models import Call, Errand, User

_LONGEST_MESSAGE = 400
_UNSURE = (
    "Somebody calling from {callee}'s number (I can't be sure it was them) left a message: "
    '"{words}"'
)
_SURE = '{callee} called back, but I don\'t know about what. They left a message: "{words}"'
_WORDLESS = (
    "Somebody calling from {callee}'s number left a message, and I can't tell whom it is for. "
    "You may want to call them: {number}."
)


class _Addressee(NamedTuple):
    """A user who is told, the errand by which they know the callee, and whether of the words."""

    user: User
    errand: Errand
    reads_words: bool


def pass_on(services: Services, call_id: int) -> None:
    """Tell of what was said in a call that is nobody's for sure."""
    now = services.clock.now()
    call = ready_to_report(call_id, now)
    if call is None:
        return
    words = " ".join(line["text"] for line in dialogue(call) if line["speaker"] == "user")
    addressees = _addressees(call, words) if words else []
    with writing() as writes:
        if not mark_reported(call, now, {"outcome": (call.finish or {}).get("outcome")}):
            return
        for addressee in addressees:
            write_text(
                writes,
                user=addressee.user,
                body=_message(call, addressee, words),
                occasion=f"call:{call.attempt}:message:{addressee.user.id}",
                now=now,
            )


def _addressees(call: Call, words: str) -> list[_Addressee]:
    """Return who is told: the one whom the words name, else the one whose errand it can only be."""
    all_phoned_for = _by_user(phoned(call.phone, call.created_at))
    named = [user for user in all_phoned_for if len(all_phoned_for) > 1 and _names(words, user)]
    if len(named) == 1:
        return [_Addressee(named[0], all_phoned_for[named[0]], reads_words=True)]
    may_be = _by_user(_candidates(call))
    is_clear = len(may_be) == 1 and not named
    return [_Addressee(user, errand, is_clear) for user, errand in may_be.items()]


def _candidates(call: Call) -> Sequence[Candidate]:
    """Return the errands that a call may have been about."""
    if call.errand is not None:
        return [Candidate(call.errand, call.created_at)]
    return candidates(call.phone, call.created_at)


def _by_user(found: Sequence[Candidate]) -> dict[User, Errand]:
    """Return each user's last one of some errands."""
    return {one.errand.user: one.errand for one in reversed(found)}


def _names(words: str, user: User) -> bool:
    """Return whether words name a user, by any of their names."""
    spoken = set(re.findall(r"[^\W\d_]+", words))
    return any(name in spoken for name in re.findall(r"[^\W\d_]+", user.name))


def _message(call: Call, addressee: _Addressee, words: str) -> str:
    callee = callee_of(addressee.errand)
    if not addressee.reads_words:
        return _WORDLESS.format(callee=callee, number=for_reading(call.phone))
    template = _SURE if call.attested else _UNSURE
    return template.format(callee=callee, words=shortened(words, _LONGEST_MESSAGE))
