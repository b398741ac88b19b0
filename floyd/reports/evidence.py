"""Whether a call really said what a report claims: pure, on the words of the transcript alone.

Every number, date, amount and name of a claim must occur, normalised, in what was proven: what the
callee said, or what Floyd said and the callee then affirmed. A sentence that denies, leaves open or
asks proves only what does so too.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from floyd.reports.quantities import quantities

_SIDES = ("callee", "floyd")
_CONTENT_LENGTH = 4
_SAYING = frozenset("they asked please said want wants would like will should must that".split())
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_YES = re.compile(
    r"^(?:(?:oh|um|uh|well|ah|hm+)\W+)*(?P<yes>yes|yeah|yep|yup|right|correct|exactly|sure|okay|ok|"
    r"absolutely|perfect|great|wonderful|alright|all right|certainly|of course|got it|gotcha|"
    r"thanks|thank you|will do|sounds good|no problem|that's right|that's correct|that's fine|"
    r"that works|mm-?hm+|uh-?huh|noted|done|"
    r"i(?:'ve| have) (?:noted|got|marked|written|put|booked))\b",
    re.IGNORECASE,
)
_STRONG_YES = re.compile(
    r"\b(?:yes|yeah|yep|correct|exactly|that's right|that is right)\b(?!\s*\?)", re.IGNORECASE
)
_RESERVED = re.compile(r"\b(?:actually|but)\b", re.IGNORECASE)
_DENIES = re.compile(
    r"\b(?:no|not|nope|never|none|nobody|nothing|neither|nor|cannot|unable|yet|wrong|incorrect|"
    r"unfortunately|(?:ca|wo|do|does|did|have|has|had|is|are|was|were|could|would|should)n'?t)\b",
    re.IGNORECASE,
)
_NO_DENIAL = re.compile(
    r"\b(?:no (?:problem|worries|trouble|doubt)|not (?:a problem|at all)|why not|"
    r"don't (?:worry|forget))\b",
    re.IGNORECASE,
)
_LEAVES_OPEN = re.compile(
    r"^\W*(?:if|once)\b|\b(?:unless|only if|maybe|perhaps|might|let me (?!know)|hold on|hang on|"
    r"please hold|(?:one|a) (?:moment|second|minute)|not sure|(?:have|need|got) to (?:check|ask)|"
    r"'ll (?:check|ask|see))\b",
    re.IGNORECASE,
)
# "She won't be in" is what a school agrees to; "I haven't noted it" is not.
_REFUSES = re.compile(
    r"\b(?:i|we|they)(?:'\w+| am| are| have| will| would| could| can| do| did)? "
    r"(?:not|never|cannot|unable|\w+n'?t(?! (?:need|mind|require)\b))\b|"
    r"(?:\bnot|n't)(?: \w+)?(?: yet)? (?:marked|noted|booked|recorded|confirmed|ordered|reserved|"
    r"scheduled|written|down|done|able|possible|available)\b|"
    r"\b(?:nope|unable|unfortunately|yet)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=\S))+[.!?]*")
_OPENING_WORD = re.compile(
    r"(?:^|[.!?,]\s+)[A-Z]\w*(?![\w'\u2019])(?!\s+(?:[A-Z]|(?:is|was|has|will|from)\b))"
)

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

    def proven(self, ids: Iterable[int]) -> list[Said]:
        """Return those utterances that the callee said, or affirmed at once."""
        wanted = set(ids)
        return [
            said
            for place, said in enumerate(self.utterances)
            if said.id in wanted and (said.speaker == "callee" or self._affirmed(place))
        ]

    def answers(self) -> list[Said]:
        """Return what the callee said once Floyd had begun to speak: a greeting answers nothing."""
        begun = False
        answers = []
        for said in self.utterances:
            begun = begun or said.speaker == "floyd"
            if begun and said.speaker == "callee":
                answers.append(said)
        return answers

    def _affirmed(self, place: int) -> bool:
        if self.utterances[place].speaker != "floyd":
            return False
        answer = next(
            (said for said in self.utterances[place + 1 :] if said.speaker in _SIDES), None
        )
        return (
            answer is not None
            and answer.speaker == "callee"
            and affirms(answer.text)
            and self._is_about(answer.text, place)
        )

    def _is_about(self, answer: str, place: int) -> bool:
        """Return whether an answer brings up no name, number or day that Floyd had not said."""
        before = [said.text for said in self.utterances[: place + 1] if said.speaker == "floyd"]
        # Most answers open with a capital that names nobody: "Thanks."
        lowered = _OPENING_WORD.sub(lambda found: found[0].lower(), answer)
        return quantities(" \n ".join(before)).cover(quantities(answer)) and names(
            lowered
        ) <= _words([*before, *self.known, "Floyd"])


def holds(claim: str, cited: Iterable[int], transcript: Transcript) -> bool:
    """Return whether the cited utterances prove a claim.

    Args:
        claim: one sentence of a report.
        cited: ids of the utterances that are said to prove it.
        transcript: the call.
    """
    proof = [_counting(said, claim) for said in transcript.proven(cited)]
    if not any(text.strip() for text in proof) or (_denies(claim) and not any(map(_denies, proof))):
        return False
    return _covers(proof, claim, transcript)


def was_asked_for(wish: str, transcript: Transcript) -> bool:
    """Return whether the callee asked for something, mostly in these words."""
    wanted = _content(wish)
    return any(
        _denies(sentence) == _denies(wish)
        and 2 * len(wanted & _content(sentence)) >= max(1, len(wanted))
        and _covers([said.text], wish, transcript)
        for said in transcript.utterances
        if said.speaker == "callee"
        for sentence in _SENTENCE.findall(said.text)
    )


def quotes(evidence: Iterable[str], transcript: Transcript) -> list[str]:
    """Return the whole sentences in which the callee answered with pieces of evidence."""
    answers = [_SENTENCE.findall(said.text) for said in transcript.answers()]
    found = (_quoted(_plain(piece), answer) for piece in evidence for answer in answers)
    return list(dict.fromkeys(quote for quote in found if quote))


def agrees(quote: str) -> bool:
    """Return whether what a callee said neither refuses, nor leaves open, nor only asks."""
    text = quote.replace("\u2019", "'")
    refuses = _REFUSES.search(_NO_DENIAL.sub("", text))
    only_asks = all(_asks(sentence) for sentence in _SENTENCE.findall(text))
    return not (refuses or _leaves_open(text) or only_asks)


def affirms(answer: str) -> bool:
    """Return whether an answer agrees to what was said before it."""
    text = answer.replace("\u2019", "'").strip()
    if not _YES.match(text) or _RESERVED.search(text) or _denies(text) or _leaves_open(text):
        return False
    return "?" not in text or bool(_STRONG_YES.search(text))


def _counting(said: Said, claim: str) -> str:
    """Return an utterance without its sentences that only deny, leave open or ask."""

    def counts(sentence: str) -> bool:
        if _denies(sentence) and not _denies(claim):
            return False
        # What Floyd asked or supposed was affirmed.
        if said.speaker == "floyd":
            return True
        if _leaves_open(sentence) and not _leaves_open(claim):
            return False
        return not _asks(sentence) or "?" in claim

    return _SENTENCE.sub(lambda found: found[0] if counts(found[0]) else " ", said.text)


def _covers(proof: Sequence[str], claim: str, transcript: Transcript) -> bool:
    """Return whether every quantity and name of a claim occurs in its proof."""
    return quantities(" \n ".join(proof)).cover(quantities(claim)) and names(claim) <= _words(
        [*proof, *transcript.known, "Floyd"]
    )


def _denies(text: str) -> bool:
    return bool(_DENIES.search(_NO_DENIAL.sub("", text.replace("\u2019", "'"))))


def _leaves_open(text: str) -> bool:
    return any(_LEAVES_OPEN.search(sentence) for sentence in _SENTENCE.findall(text))


def _asks(sentence: str) -> bool:
    return sentence.rstrip().endswith("?")


def _quoted(words: Sequence[str], sentences: Sequence[str]) -> str | None:
    """Return those of an answer's sentences in which the words stand, in this order."""
    spoken = [
        (word, place) for place, sentence in enumerate(sentences) for word in _plain(sentence)
    ]
    for start in range(len(spoken) - len(words) + 1 if words else 0):
        run = spoken[start : start + len(words)]
        if [word for word, _ in run] == list(words):
            return " ".join(sentence.strip() for sentence in sentences[run[0][1] : run[-1][1] + 1])
    return None


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


def _plain(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.casefold().replace("\u2019", "'"))


def _content(text: str) -> set[str]:
    """Return the words of a text that say what it is about."""
    return {
        _without_possessive(word)
        for word in _plain(text)
        if len(word) >= _CONTENT_LENGTH and word not in _SAYING
    }
