"""What a short answer to a question of ours decides."""

import re
from enum import Enum

_YES = frozenset(
    "y yes yeah yep yup sure ok okay please absolutely definitely go do try again fine".split()
)
_NO = frozenset("n no nope nah not never dont don't stop skip leave forget".split())
_YES_EMOJI = re.compile("[\U0001f44d\u2705\u2714\U0001f44c]")
_NO_EMOJI = re.compile("[\U0001f44e\u274c]")
_DROPS_IT = re.compile(
    r"\W*(?:oh |no |ok |okay |actually |please )*"
    r"(?:(?:never ?mind|forget (?:about )?it|drop it|cancel (?:it|that))"
    r"(?: then| it| that| thanks| thank you| please)*\W*)+",
    re.IGNORECASE,
)
_TAKES_NOTE = frozenset(
    "alright all right cool fine good got great it k nice ok okay perfect sounds thank thanks thx "
    "understood ty you".split()
)


class YesOrNo(Enum):
    """A decision of the user."""

    YES = "yes"
    NO = "no"


def yes_or_no(text: str) -> YesOrNo | None:
    """Return what a short answer decides, or None when it does not say: never a guess."""
    words = set(re.findall(r"[a-z']+", text.casefold().replace("\u2019", "'")))
    if words & _NO or _NO_EMOJI.search(text):
        return YesOrNo.NO
    if words & _YES or _YES_EMOJI.search(text):
        return YesOrNo.YES
    return None


def takes_note(text: str) -> bool:
    """Return whether a text says nothing but that its writer has read ours: "ok, thanks"."""
    words = re.findall(r"[a-z']+", text.casefold())
    return bool(words) and set(words) <= _TAKES_NOTE


def drops_it(text: str) -> bool:
    """Return whether a text says nothing but that the errand is off: "never mind"."""
    return _DROPS_IT.fullmatch(text.replace(",", "")) is not None
