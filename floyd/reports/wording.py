"""The texts that end a call, one for each way that it can end; pure.

Each is one or two segments of GSM-7, says only what was proven, and ends with what was shared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from floyd.prompts.schemas import Outcome

TWO_SEGMENTS = 306
_LONGEST_QUOTE = 130
TRY_AGAIN = "Shall I try again?"
CALL_AGAIN = "Shall I call again?"
_UNSURE_WHO = "Somebody calling from your number asked me: "
_SHALL_I = '{unsure}"{request}". Shall I do that?'

_UNCONFIRMED = "nothing that I'd call confirmed was said"
_HEADINGS: dict[Outcome, str] = {
    Outcome.DONE: "Done: {callee}.",
    Outcome.PARTLY: "Partly done: {callee}.",
    Outcome.DECLINED: "{callee} declined.",
    Outcome.NEEDS_USER: "I spoke with {callee}, but they need something that I don't know.",
    Outcome.VOICEMAIL_LEFT: "I got {callee}'s voicemail and left a message{message}",
    Outcome.NO_ANSWER: "Nobody answered at {callee}.",
    Outcome.BUSY: "The line at {callee} was busy.",
    Outcome.WRONG_NUMBER: "{number} turned out to be a wrong number for {callee}.",
    Outcome.CLOSED: "{callee} is closed right now.",
    Outcome.DO_NOT_CALL: "{callee} asked me not to call again, so I won't.",
    Outcome.CUT_OFF: "The call to {callee} broke off before it was settled.",
    Outcome.FAILED: "I reached {callee}, but {unconfirmed}.",
}
_CALLED_BACK: dict[Outcome, str] = {
    Outcome.DONE: "Done.",
    Outcome.PARTLY: "Partly done.",
    Outcome.DECLINED: "They declined.",
    Outcome.NEEDS_USER: "They need something that I don't know.",
    Outcome.WRONG_NUMBER: "It is a wrong number.",
    Outcome.CLOSED: "They are closed right now.",
    Outcome.DO_NOT_CALL: "They asked me not to call again, so I won't.",
    Outcome.FAILED: "But {unconfirmed}.",
}
_BROKE_OFF = "The call broke off before it was settled."
_NOT_CONNECTED = "The call to {callee} at {number} could not be connected."
_MACHINE = "{callee}'s voicemail answered. I left no message."
IN_VAIN: dict[Outcome, str] = {
    Outcome.NO_ANSWER: "no answer",
    Outcome.BUSY: "busy",
    Outcome.CLOSED: "closed",
    Outcome.CUT_OFF: "broke off",
}
"""What came of a try, in a list of them."""

_AGAIN = 'I\'ll try {once_more} {moment}{limit}. Text "drop it" to stop.'
_TRIED = "I tried {times} and have stopped: {tries}."
_IF_THEY_CALL_BACK = "If they call back, I'll take it from there."
_TRIED_ENOUGH = "That was try {tries}, so I've stopped."
_CALLED_ENOUGH = "I've called {tries} times, so I've stopped."
_NEEDED = "They wanted to know: {questions}"


@dataclass(frozen=True)
class Ending:
    """What the user is to be told about a call.

    Attributes:
        outcome: how it ended.
        callee: whom Floyd phoned, as one would say it.
        number: for reading.
        claims: proven sentences.
        said: the callee's last words, where nothing was proven.
        message: what was left on a voicemail.
        questions: what the user must answer before Floyd can call back.
        follow_ups: what the callee asked the user to do.
        shared: what was told about the user.
        tries: calls made for the errand, this one included.
        asks_again: whether the user is asked for another try.
        tried_enough: whether there were too many calls already to call with the user's answers.
        tried: when it was tried, each with what came of it, where that was all in vain.
        again: when it will be tried again ("at 9:15"); empty if it will not.
        tries_left: how often it will be, at most.
        connected: whether anybody or anything answered.
        by_machine: whether a voicemail answered.
        called_back: whether the callee phoned Floyd.
        changes_nothing: whether the errand stays as it was, so that its user is only told.
    """

    outcome: Outcome
    callee: str
    number: str
    claims: Sequence[str] = ()
    said: str | None = None
    message: str | None = None
    questions: Sequence[str] = ()
    follow_ups: Sequence[str] = ()
    shared: Sequence[str] = ()
    tries: int = 1
    asks_again: bool = False
    tried_enough: bool = False
    tried: Sequence[str] = ()
    again: str = ""
    tries_left: int = 0
    connected: bool = True
    by_machine: bool = False
    called_back: bool = False
    changes_nothing: bool = False


def shall_i(request: str) -> str:
    """Return the question whether an errand is the user's that a caller of theirs asked for."""
    return _SHALL_I.format(unsure=_UNSURE_WHO, request=request)


def is_yes_or_no(question: str) -> bool:
    """Return whether a question of ours is answered by a mere yes or no, and by nothing else."""
    return question in (TRY_AGAIN, CALL_AGAIN) or question.startswith(_UNSURE_WHO)


def text(ending: Ending) -> str:
    """Return the text about a call: what must be said always, the rest as far as there is room."""
    must = [_heading(ending)]
    last = _last(ending)
    optional = [_sentence(claim) for claim in ending.claims]
    if not optional and ending.said and ending.outcome is not Outcome.NEEDS_USER:
        optional = [f'They said: "{shortened(ending.said)}"']
    optional += [_sentence(follow_up) for follow_up in ending.follow_ups]
    for sentence in optional:
        if len(" ".join([*must, sentence, *last])) > TWO_SEGMENTS:
            break
        must.append(sentence)
    return " ".join([*must, *last])


def _heading(ending: Ending) -> str:
    if ending.called_back:
        return f"{ending.callee} called back. {_came_of_it(ending)}".rstrip()
    template = _HEADINGS[ending.outcome]
    if ending.by_machine and ending.outcome is Outcome.NO_ANSWER:
        template = _MACHINE
    elif ending.outcome is Outcome.FAILED and not ending.connected:
        template = _NOT_CONNECTED
    quote = shortened(ending.message or "", _LONGEST_QUOTE)
    return template.format(
        callee=ending.callee,
        number=ending.number,
        unconfirmed=_UNCONFIRMED,
        message=f': "{quote}"' if quote else ".",
    )


def _came_of_it(ending: Ending) -> str:
    if ending.changes_nothing:
        return ""
    return _CALLED_BACK.get(ending.outcome, _BROKE_OFF).format(unconfirmed=_UNCONFIRMED)


def _last(ending: Ending) -> list[str]:
    """Return how a text ends: what the user is asked, then what was shared."""
    last = []
    if ending.tried_enough or ending.changes_nothing:
        if ending.questions:
            last.append(_NEEDED.format(questions=numbered(ending.questions)))
        if ending.tried_enough:
            enough = _CALLED_ENOUGH if ending.called_back else _TRIED_ENOUGH
            last.append(enough.format(tries=ending.tries))
    elif ending.questions:
        last.append(numbered(ending.questions))
    elif ending.asks_again:
        last.append(TRY_AGAIN)
    elif ending.again or ending.tried:
        last.append(_tries(ending))
    if ending.outcome is Outcome.VOICEMAIL_LEFT:
        last.append(_IF_THEY_CALL_BACK)
    if ending.shared:
        last.append(f"I shared: {', '.join(dict.fromkeys(ending.shared))}.")
    return last


def _tries(ending: Ending) -> str:
    """Return when it will be tried again, or when it was, all in vain."""
    if not ending.again:
        times = "once" if len(ending.tried) == 1 else f"{len(ending.tried)} times"
        return _TRIED.format(times=times, tries=", ".join(ending.tried))
    left = {1: "", 2: ", up to twice more"}.get(
        ending.tries_left, f", up to {ending.tries_left} times more"
    )
    once_more = "once more" if ending.tries_left == 1 else "again"
    return _AGAIN.format(once_more=once_more, moment=ending.again, limit=left)


def numbered(questions: Sequence[str]) -> str:
    """Return questions as they stand in one text."""
    if len(questions) == 1:
        return questions[0]
    return " ".join(f"{number}) {text}" for number, text in enumerate(questions, start=1))


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", '."', '!"', '?"')) else f"{text}."


def shortened(text: str, length: int = 120) -> str:
    """Return a text on one line, cut at a word where it is longer than so many letters."""
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[:length].rsplit(' ', 1)[0]}..."
