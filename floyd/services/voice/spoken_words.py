"""A written text as the plain words it is spoken with: "$80 at 8:30" -> 80 dollars at 830.

Pure. Only made for comparing two texts: digits that follow each other become one number, so that
"519-555-0188", "five one nine, five five five ..." and "5195550188" are the same.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from floyd.services.voice.numerals import is_numeral, read_number

NEGATIONS = frozenset("not no never none nothing nobody nowhere neither nor without".split())

_REWRITES = (
    (re.compile("[\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}`]"), "'"),
    (re.compile(r"(?<=\d),(?=\d{3}\b)"), ""),
    (re.compile(r"\$(\d+)\.(\d\d)\b"), r"\1 dollars \2 cents"),
    (re.compile(r"\$(\d+)"), r"\1 dollars"),
    (re.compile(r"\b(\d{1,2}):00\b"), r"\1"),
    (re.compile(r"(?<=\d)(?:st|nd|rd|th)\b"), ""),
    (re.compile(r"(?<=\d)\.(?=\d)"), " point "),
    (re.compile(r"\b([A-Za-z])\.(?=[A-Za-z]\b)"), r"\1"),
    (re.compile("%"), " percent "),
    (re.compile("&"), " and "),
    (re.compile("@"), " at "),
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+")
_SENTENCE_ENDS = ".!?"
_SAME = {
    "can't": "can not",
    "cannot": "can not",
    "won't": "will not",
    "shan't": "shall not",
    "let's": "let us",
    "gonna": "going to",
    "wanna": "want to",
    "o'clock": "",
    "ok": "okay",
    "dollar": "dollars",
    "cent": "cents",
    "mr": "mister",
    "mrs": "missus",
    "dr": "doctor",
    "st": "street",
    "ave": "avenue",
    "rd": "road",
}
_SUFFIXES = (
    ("n't", "not"),
    ("'m", "am"),
    ("'re", "are"),
    ("'ll", "will"),
    ("'ve", "have"),
    ("'d", "would"),
    ("'s", "is"),
)
_SPOKEN_ZERO = frozenset({"o", "oh"})
# Words that begin sentences without being names.
_BEGINNINGS = frozenset(
    """a about actually after all also am an and any anything are as at be before but bye
    call calling can could did do does everything excuse first for from give glad go good
    goodbye great have he hello her here hey hi his hold how i if in is it just last let
    look may maybe me my next now of oh okay on once one or our perfect please really right
    see she should so some sorry sounds speak sure tell thank thanks that the their then
    there these they this those to until wait was we well were what when where which while
    who why will with would yes you your""".split()
)


@dataclass(frozen=True)
class Word:
    """One spoken word in lower case, or one number in digits.

    Attributes:
        is_name: it is written like a name, or like a letter or an abbreviation that is spelled.
    """

    text: str
    is_name: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it is a number."""
        return self.text.isdecimal()

    @property
    def matters(self) -> bool:
        """Whether a reader that changes it changes what is said."""
        return self.is_name or self.is_number or self.text in NEGATIONS


@lru_cache(maxsize=512)
def words_of(text: str) -> tuple[Word, ...]:
    """Return a text as the words that are spoken."""
    for pattern, plain in _REWRITES:
        text = pattern.sub(plain, text)
    return tuple(_with_whole_numbers(list(_plain_words(text))))


def _plain_words(text: str) -> Iterator[Word]:
    starts_sentence, end = True, 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        starts_sentence = starts_sentence or any(mark in between for mark in _SENTENCE_ENDS)
        written, end = match.group(), match.end()
        yield from _expanded(Word(written.lower(), _is_name(written, starts_sentence)))
        starts_sentence = False


def _is_name(written: str, starts_sentence: bool) -> bool:
    bare = written.split("'")[0]
    if not written[0].isupper() or bare == "I":
        return False
    return not (starts_sentence and bare.lower() in _BEGINNINGS)


def _expanded(word: Word) -> list[Word]:
    """Return a word without its contraction; of several words only the first can be a name."""
    if word.text in _SAME:
        parts = _SAME[word.text].split()
    else:
        parts = [word.text]
        for suffix, plain in _SUFFIXES:
            if word.text.endswith(suffix) and word.text != suffix:
                parts = [word.text.removesuffix(suffix), plain]
                break
    return [Word(part, word.is_name and index == 0) for index, part in enumerate(parts)]


def _with_whole_numbers(words: list[Word]) -> list[Word]:
    """Turn numerals into digits, and numbers that follow each other into one."""
    texts = [word.text for word in words]
    whole: list[Word] = []
    at = 0
    while at < len(words):
        after_number = bool(whole) and whole[-1].is_number
        word, at = _word_at(words, texts, at, after_number=after_number)
        if word.is_number and after_number:
            word = Word(whole.pop().text + word.text)
        whole.append(word)
    return whole


def _word_at(
    words: Sequence[Word], texts: Sequence[str], at: int, *, after_number: bool
) -> tuple[Word, int]:
    """Return the word or number at a place, and where the next one begins."""
    if is_numeral(texts[at]):
        value, end = read_number(texts, at)
        return Word(str(value)), end
    if after_number and texts[at] in _SPOKEN_ZERO:
        return Word("0"), at + 1
    return words[at], at + 1
