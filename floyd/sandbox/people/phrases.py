"""What anybody understands on the phone, whatever the call is about."""

import re


def _phrases(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


GOODBYE = _phrases("good ?bye", "bye", r"have a (?:nice|good|great|lovely) \w+")
CALLS_LATER = _phrases(
    r"(?:i'll|i will|we'll|let me|can i|i'd) (?:have to |need to |just )?"
    r"(?:call|phone|ring|get back to)(?: you)?(?: back| again)?"
)
UNKNOWN = _phrases(
    "i don't (?:know|have)", "i do not (?:know|have)", "not sure", "i'm afraid i", "wasn't told"
)
HOLD_ON = _phrases(
    "(?:one|just a|give me a) (?:moment|second|sec|minute)",
    "(?:hold|hang) on",
    "bear with me",
    "let me (?:check|ask|see)",
)
PARDON = _phrases(
    "(?:repeat|say) (?:that|it|the question)", "pardon", "(?:didn't|did not) (?:catch|get|hear)"
)
# Narrower than PARDON: whoever repeats a message says "I'll say that ..." too.
UNHEARD = _phrases(
    "pardon",
    "(?:didn't|did not|couldn't) (?:quite )?(?:catch|get|hear|understand)",
    "(?:repeat|say) (?:that|it|this)(?: once more| again|,? please)",
    "(?:can|could) you repeat",
)
OFFERS_HELP = re.compile(
    r"\b(?:how|what) (?:can|may) i (?:help|do)\b|^\W*(?:yes|hello|and)\W*$", re.IGNORECASE
)
ANYTHING_ELSE = _phrases(
    "(?:anything|something|what) else", "(?:is|was) (?:that|this|it) (?:all|everything)"
)
# Somebody repeats what they have understood.
CHECKS = _phrases(
    "(?:is|was) (?:that|this|it) (?:right|correct|okay|ok)",
    "(?:right|correct|so)",
    "(?:shall|should|do) (?:i|you want me to)",
    "(?:i'll|i will|you'd like me to|you want me to|you would like me to)",
    "did i (?:get|understand)",
)
_YES = _phrases(
    "yes", "yeah", "yep", "correct", "right", "exactly", "sure", "please do", "go ahead"
)
_NO = _phrases("no", "not", "actually", "wrong", "incorrect", "sorry", "correction")


def agrees(text: str) -> bool | None:
    """Whether a text begins by agreeing or by contradicting; None when it does neither."""
    yes, no = _YES.search(text), _NO.search(text)
    if yes and no:
        return yes.start() < no.start()
    return True if yes else False if no else None
