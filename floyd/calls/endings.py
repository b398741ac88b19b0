"""How does what somebody says end, as if they were done or in the middle? Words in; pure.

The recogniser's interim results carry no punctuation, so the last words have to tell.
"""

import re
from enum import Enum, auto

from floyd.calls.words import HESITATIONS, words_of


class Ending(Enum):
    """How far along a turn is, judged by its words alone."""

    ANSWER = auto()
    """A short answer: there is nothing to add."""
    FINISHED = auto()
    """A sentence or a question that is complete."""
    OPEN = auto()
    """It may be all, or not."""
    DICTATING = auto()
    """Within a number, a spelling, an address."""
    UNFINISHED = auto()
    """Nobody ends like that."""


_NEVER_LAST = HESITATIONS | frozenset(
    """a an and as because but every i'd i'll i'm i've if into it's its let's mine's my or our
    she's he's since so than the their there's they're unless we'd we'll we're we've well whether
    while you'd you'll you're your""".split()
)
_SELDOM_LAST = frozenset(
    """about are around at between by can could does for from has have he her his i in is like of
    on onto plus she some that then these they this those to until very was we were when where
    which who will with would""".split()
)
# "Where are you calling from", "who is it for".
_STRANDED_IN_QUESTIONS = frozenset(
    "about are at by for from has have her in is like of on that this to was were will with".split()
)
_PRONOUNS = frozenset("he i it she that they this we you".split())
_BEING = frozenset("am are is was were who's that's what's where's how's".split())
_ANSWERS = frozenset(
    """absolutely bye certainly correct definitely exactly goodbye hello hi no nope please sure
    thanks understood yeah yep yes yup""".split()
)
_CONTENT = frozenset("fine good great lovely okay perfect thanks wonderful".split())
_CLOSINGS = frozenset("bye goodbye please sir ma'am thanks".split())
_OPENERS = (
    r"^(?:(?:and|so|okay|ok|alright|sorry|excuse me|wait|hi|hello|but|then|great|right|please"
    r"|well|um|uh|now|oh|yes|no) )*"
)
_ASKING_WHAT = re.compile(
    _OPENERS + r"(?:who|whose|what|what's|who's|when|where|where's|which|why|how|how's)\b"
)
# "Could you tell me what it is about" asks what, too.
_ASKING_WHAT_WITHIN = re.compile(r"\b(?:who|what|where|which)\b")
_ASKING_WHETHER = re.compile(
    _OPENERS + r"(?:is|are|am|do|does|did|can|could|may|might|would|will|shall|should|have|has)\b"
)
_ELLIPTICAL = re.compile(
    r"^(?:yes|yeah|yep|no|nope|sure|of course) (?:i|we|she|he|they|you|it|that) "
    r"(?:am|is|are|do|does|did|can|could|will|would|have|has|was|were)(?: not)?$"
)
_WHOLE_AFTER_ALL = re.compile(
    r"\b(?:(?:think|hope|guess|suppose|believe|said|say) so|(?:very|as|pretty|quite) well"
    r"|this is (?:she|he|her|him)|that(?:'s| is| was) (?:that|it|all|right)"
    r"|thank you(?: (?:so|very) much)?|you too|of course|no problem|i see|got it"
    r"|(?:like|do|about|after|before|all) (?:that|this))$"
)
_ABOUT_TO_LOOK = re.compile(
    r"\blet me(?: just)? (?:see|check|look|think|find|get|pull|write)(?: (?:it|that))?(?: up)?$"
    r"|\b(?:i mean|you know|kind of|sort of|such as|as well as|in order|at least|how about)$"
)
_SPELLED_OUT = re.compile(
    r"\b[a-z] (?:as in|for|like) \w+$|\bspell(?:ed|ing)?(?: it)?(?: is| as)?$"
)
_ADDRESS = re.compile(r"\b(?:address is|located at|we(?:'re| are) at|live at|lives at) (.+)$")
_STREET = frozenset(
    """avenue ave boulevard blvd court crescent drive floor highway lane parkway place plaza road
    square street suite terrace unit way""".split()
)
_DIGIT = frozenset("zero oh one two three four five six seven eight nine double triple".split())
_LARGE = frozenset("hundred thousand".split())
_NUMBER_IS_WANTED = re.compile(r"\b(?:number|code|extension|zip|postal code|pin|id) is(?: \w+)?$")
_LONGEST_WORDS_OF_AN_ADDRESS = 4
# A phone number has ten digits; who has said so many is done.
_PHONE_NUMBER_DIGITS = 10


def ending_of(text: str) -> Ending:
    """Say how a turn ends, as far as it is understood by now."""
    words = words_of(text)
    if not words:
        return Ending.OPEN
    plain = " ".join(words)
    if text.rstrip().endswith(("?", "!", ".")) and not text.rstrip().endswith("..."):
        return Ending.FINISHED
    if _WHOLE_AFTER_ALL.search(plain):
        return Ending.FINISHED
    if words[-1] in _NEVER_LAST or _ABOUT_TO_LOOK.search(plain):
        return Ending.UNFINISHED
    if _is_dictating(text, words, plain):
        return Ending.DICTATING
    return _ending_of_sentence(words, plain)


def _ending_of_sentence(words: list[str], plain: str) -> Ending:
    last = words[-1]
    if len(words) <= 3 and last in _ANSWERS:
        return Ending.ANSWER
    if len(words) <= 4 and _ELLIPTICAL.match(plain):
        return Ending.ANSWER
    if last in _CLOSINGS or (last in _CONTENT and plain != "okay" and len(words) <= 4):
        return Ending.FINISHED
    if len(words) >= 3 and (_ASKING_WHAT.match(plain) or _ASKING_WHETHER.match(plain)):
        asks_what = _ASKING_WHAT.match(plain) or _ASKING_WHAT_WITHIN.search(plain)
        return _ending_of_question(words, asks_what=asks_what is not None)
    return Ending.UNFINISHED if last in _SELDOM_LAST else Ending.OPEN


def _ending_of_question(words: list[str], *, asks_what: bool) -> Ending:
    last = words[-1]
    if last in _PRONOUNS and words[-2] in _BEING:
        return Ending.FINISHED
    if asks_what and last in _STRANDED_IN_QUESTIONS:
        return Ending.FINISHED
    return Ending.UNFINISHED if last in _SELDOM_LAST else Ending.FINISHED


def _is_dictating(text: str, words: list[str], plain: str) -> bool:
    if _SPELLED_OUT.search(plain) or words[-1] in _LARGE or _NUMBER_IS_WANTED.search(plain):
        return True
    if address := _ADDRESS.search(plain):
        said = address.group(1).split()
        return len(said) < _LONGEST_WORDS_OF_AN_ADDRESS and said[-1] not in _STREET
    if re.search(r"(?:[$€£]\s?|\b\d{1,2}:)\d+$", text.strip()):
        return False
    run, digits = _run_of_characters(words)
    return run >= 2 and digits < _PHONE_NUMBER_DIGITS


def _run_of_characters(words: list[str]) -> tuple[int, int]:
    """Return how many digits and letters were said one by one up to the end, and the digits.

    A number of two digits written as one ("42") counts as one: it is an amount, or a time.
    """
    run = digits = 0
    for word in reversed(words):
        if word in _DIGIT or len(word) == 1:
            length = 1
        elif word.isdigit():
            length = len(word) if len(word) > 2 or run else 1
        else:
            break
        run += length
        digits += 0 if word.isalpha() and word not in _DIGIT else length
    return run, digits
