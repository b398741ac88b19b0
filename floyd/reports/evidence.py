"""Whether a call really said what a report claims: pure, on the words of the transcript alone.

Every number, date, amount and name of a claim must occur, normalised, in what was proven: what the
callee said, or what Floyd said and the callee then affirmed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from floyd.reports.quantities import quantities

_SIDES = ("callee", "floyd")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_YES = re.compile(
    r"^(?:(?:oh|um|uh|well|ah|hm+)\W+)*(?P<yes>yes|yeah|yep|yup|right|correct|exactly|sure|okay|ok|"
    r"absolutely|perfect|great|wonderful|alright|all right|certainly|of course|got it|gotcha|"
    r"thanks|thank you|will do|sounds good|no problem|that's right|that's correct|that's fine|"
    r"that works|mm-?hm+|uh-?huh|noted|done|"
    r"i(?:'ve| have) (?:noted|got|marked|written|put|booked))\b",
    re.IGNORECASE,
)
_STRONG_YES = re.compile(r"\b(?:yes|yeah|yep|correct|exactly|that's right|that is right)\b", re.I)
_NO = re.compile(
    r"\b(?:no|not|nope|never|wrong|incorrect|actually|but|can't|cannot|won't|don't|isn't|wasn't)\b",
    re.IGNORECASE,
)
_NO_PROBLEM = re.compile(r"\bno (?:problem|worries|trouble)\b", re.IGNORECASE)

# Capitalised for their place in the sentence or by habit, not because they name someone.
_NO_NAMES = frozenset(
    """a ai an and are as at but by everything everyone for from he her his i i'll i'm i've if in is
    it it's its my no nobody nothing of on or our please she so somebody someone sorry that that's
    the their them then there there's these they they'll they're they've this those to was we
    we'll we're we've were what when where which who will with yes you you'll you're your am pm
    today tomorrow tonight yesterday after also all both before can could
    only would should not don't have has had do does did""".split()
)


@dataclass(frozen=True)
class Said:
    """One utterance of a transcript; `speaker` is callee or floyd."""

    id: int
    speaker: str
    text: str


@dataclass(frozen=True)
class Transcript:
    """A call in words, in order; `known` are names that need no proof: the callee's, the user's."""

    utterances: Sequence[Said]
    known: Sequence[str] = field(default=())

    def callee_words(self) -> str:
        """Return all that the callee said."""
        return " \n ".join(said.text for said in self.utterances if said.speaker == "callee")

    def proven(self, ids: Iterable[int]) -> list[str]:
        """Return the texts of those utterances that the callee said, or affirmed at once."""
        wanted = set(ids)
        return [
            said.text
            for place, said in enumerate(self.utterances)
            if said.id in wanted and (said.speaker == "callee" or self._affirmed(place))
        ]

    def _affirmed(self, place: int) -> bool:
        if self.utterances[place].speaker != "floyd":
            return False
        answer = next(
            (said for said in self.utterances[place + 1 :] if said.speaker in _SIDES), None
        )
        return answer is not None and answer.speaker == "callee" and affirms(answer.text)


def holds(claim: str, cited: Iterable[int], transcript: Transcript) -> bool:
    """Return whether the cited utterances prove a claim.

    Args:
        claim: one sentence of a report.
        cited: ids of the utterances that are said to prove it.
        transcript: the call.
    """
    proof = transcript.proven(cited)
    if not proof:
        return False
    said = quantities(" \n ".join(proof))
    return said.cover(quantities(claim)) and names(claim) <= _words(
        [*proof, *transcript.known, "Floyd"]
    )


def quotes(evidence: Iterable[str], transcript: Transcript) -> list[str]:
    """Return those pieces of evidence whose words the callee said in this order."""
    said = f" {_plain(transcript.callee_words())} "
    return [quote for quote in evidence if _plain(quote) and f" {_plain(quote)} " in said]


def affirms(answer: str) -> bool:
    """Return whether an answer agrees to what was said before it."""
    text = answer.replace("\u2019", "'").strip()
    if not _YES.match(text) or _NO.search(_NO_PROBLEM.sub("", text)):
        return False
    return not text.endswith("?") or bool(_STRONG_YES.search(text))


def names(text: str) -> set[str]:
    """Return the words of a text that name someone or something, in lower case."""
    found = set()
    for match in _WORD.finditer(text):
        word = _without_possessive(match[0])
        named = word[0].isupper() and word.casefold() not in _NO_NAMES
        if named and not quantities(word):
            found.add(word.casefold())
    return found


def _words(texts: Iterable[str]) -> set[str]:
    return {
        form
        for text in texts
        for match in _WORD.finditer(text)
        for form in (match[0].casefold(), _without_possessive(match[0]).casefold())
    }


def _without_possessive(word: str) -> str:
    return re.sub(r"['\u2019]s?$", "", word) or word


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.casefold().replace("\u2019", "'")))
