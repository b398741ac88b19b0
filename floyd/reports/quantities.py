"""Numbers, amounts, times and dates of a text, spoken or written, in one form that can be compared.

"$75", "seventy-five dollars" and "75 bucks" are one amount; "half past eight" and "8:30" one time;
"Nov. 24th" and "November twenty-fourth" one date. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"(?P<time>\b\d{1,2}:\d{2}\b)"
    r"|(?P<number>(?P<dollars>\$)?\s?\d+(?:,\d{3})*(?:\.\d+)?)(?P<ordinal>st|nd|rd|th)?"
    r"|(?P<word>[^\W\d_]+)",
    re.IGNORECASE,
)
_DOTTED_MERIDIEM = re.compile(r"\b([ap])\.\s?m\b\.?", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\d(?:[\s().\-]{0,2}\d){6,}")

_UNITS = dict(
    zip(
        """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen""".split(),
        range(20),
        strict=True,
    )
)
_ORDINAL_UNITS = dict(
    zip(
        """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
        thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth""".split(),
        range(1, 20),
        strict=True,
    )
)
_TENS = dict(
    zip(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        range(20, 100, 10),
        strict=True,
    )
)
_ORDINAL_TENS = {"twentieth": 20, "thirtieth": 30}
_SCALES = {"hundred": 100, "thousand": 1000}
_DOLLARS = frozenset({"dollar", "dollars", "bucks", "usd"})
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_SHORT_DAYS = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thurs": 3, "fri": 4}
_SHORT_MONTHS = {"jan": 1, "feb": 2, "apr": 4, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11}
_SHORT_MONTHS["dec"] = 12
_RELATIVE = frozenset({"today", "tomorrow", "yesterday", "tonight", "weekend"})
_AFTER_TOMORROW = ("after", "tomorrow")
_MERIDIEMS = frozenset({"am", "pm"})
_HALVES = {"half": 30, "quarter": 15}
_MINUTES_IN_HOUR = 60
_LAST_HOUR = 23
_TWO_DIGITS = 10


@dataclass(frozen=True)
class Quantities:
    """What of a text can be compared exactly.

    Attributes:
        numbers: every number that is no amount, time or part of a long number.
        amounts: dollars.
        times: hour and minute, where minutes were said.
        dates: weekdays, months and words like tomorrow.
        meridiems: am, pm.
        long_numbers: digits of phone numbers and the like, seven or more.
        digits: every digit of the text in a row, for long numbers that were said digit by digit.
    """

    numbers: frozenset[float] = frozenset()
    amounts: frozenset[float] = frozenset()
    times: frozenset[tuple[int, int]] = frozenset()
    dates: frozenset[str] = frozenset()
    meridiems: frozenset[str] = frozenset()
    long_numbers: frozenset[str] = frozenset()
    digits: str = ""

    def __bool__(self) -> bool:
        return bool(self.numbers or self.amounts or self.times or self.dates or self.long_numbers)

    def cover(self, claimed: "Quantities") -> bool:
        """Return whether everything that is claimed occurs here."""
        meridiems_agree = not (
            claimed.meridiems and self.meridiems and not claimed.meridiems <= self.meridiems
        )
        return (
            claimed.numbers <= self.numbers | _parts(self.times)
            and claimed.amounts <= (self.amounts or self.numbers)
            and claimed.times <= self.times
            and claimed.dates <= self.dates
            and meridiems_agree
            and all(number in self.digits for number in claimed.long_numbers)
        )


@dataclass
class _Found:
    numbers: set[float] = field(default_factory=set)
    amounts: set[float] = field(default_factory=set)
    times: set[tuple[int, int]] = field(default_factory=set)
    dates: set[str] = field(default_factory=set)
    meridiems: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Token:
    """A number with its kind (`number`, `dollars`, `time`), or a word in lower case.

    A capitalised May or March is a `month`: in lower case they are words like others.
    """

    kind: str
    word: str = ""
    value: float = 0.0
    minute: int = 0


def quantities(text: str) -> Quantities:
    """Return the quantities of a text."""
    plain = _DOTTED_MERIDIEM.sub(r"\1m", text)
    long_numbers = frozenset(re.sub(r"\D", "", run) for run in _LONG_NUMBER.findall(plain))
    short = _LONG_NUMBER.sub(" ", plain)
    tokens = list(_composed(list(_tokens(short))))
    found = _Found()
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else _Token("end")
        if token.kind == "word":
            _take_word(found, tokens, place)
        elif token.kind == "month":
            found.dates.add(token.word)
        else:
            _take_number(found, token, following)
    _join_cents(found, tokens)
    return Quantities(
        numbers=frozenset(found.numbers),
        amounts=frozenset(found.amounts),
        times=frozenset(found.times),
        dates=frozenset(found.dates),
        meridiems=frozenset(found.meridiems),
        long_numbers=long_numbers,
        digits=_digits(plain),
    )


def _parts(times: frozenset[tuple[int, int]]) -> frozenset[float]:
    return frozenset(float(part) for time in times for part in time)


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        if match["time"]:
            hour, minute = match["time"].split(":")
            yield _Token("time", value=float(hour), minute=int(minute))
        elif match["number"]:
            value = float(re.sub(r"[^\d.]", "", match["number"]))
            yield _Token("dollars" if match["dollars"] else "number", value=value)
        else:
            kind = "month" if match["word"] in ("May", "March") else "word"
            yield _Token(kind, match["word"].lower())


def _composed(tokens: Sequence[_Token]) -> Iterator[_Token]:
    """Yield the tokens with number words put together: "three hundred and five" is one number."""
    place = 0
    while place < len(tokens):
        length, value = _spoken_number(tokens, place)
        if length:
            word = tokens[place].word if length == 1 else ""
            yield _Token("number", word, value)
            place += length
        else:
            yield tokens[place]
            place += 1


def _spoken_number(tokens: Sequence[_Token], start: int) -> tuple[int, float]:
    """Return how many tokens from `start` are one spoken number (0 when none), and its value."""
    total = current = 0
    place, smallest = start, 1000
    while place < len(tokens) and tokens[place].kind == "word":
        word = tokens[place].word
        if word in _SCALES:
            current = max(current, 1) * _SCALES[word]
            total, current = (total + current, 0) if word == "thousand" else (total, current)
            smallest = _SCALES[word]
        elif word in _TENS | _ORDINAL_TENS and smallest > _TENS["ninety"]:
            current += (_TENS | _ORDINAL_TENS)[word]
            smallest = _TWO_DIGITS
        elif (value := (_UNITS | _ORDINAL_UNITS).get(word)) is not None and value < smallest:
            current += value
            smallest = 0
        elif not (word == "and" and place > start and _goes_on(tokens, place, smallest)):
            break
        place += 1
    return place - start, float(total + current)


def _goes_on(tokens: Sequence[_Token], place: int, smallest: int) -> bool:
    """Return whether the "and" at a place joins a number to its hundreds."""
    following = tokens[place + 1].word if place + 1 < len(tokens) else ""
    return smallest >= _SCALES["hundred"] and following in _UNITS | _TENS


def _take_word(found: _Found, tokens: Sequence[_Token], place: int) -> None:
    word = tokens[place].word
    before = tokens[place - 1] if place else _Token("end")
    if date := _date(word):
        found.dates.add(f"after {date}" if (before.word, date) == _AFTER_TOMORROW else date)
        if before.word == "next":
            found.dates.add(f"next {date}")
    elif word in ("week", "month") and before.word == "next":
        found.dates.add(f"next {word}")
    elif word in _MERIDIEMS and before.kind in ("number", "time"):
        found.meridiems.add(word)
    elif word == "noon":
        found.numbers.add(12.0)
    elif word in _HALVES:
        _take_half(found, word, tokens[place + 1 : place + 3])


def _date(word: str) -> str | None:
    if word in _WEEKDAYS or word in _RELATIVE:
        return word
    if word.rstrip("s") in _WEEKDAYS:
        return word.rstrip("s")
    if word in _SHORT_DAYS:
        return _WEEKDAYS[_SHORT_DAYS[word]]
    if word in _SHORT_MONTHS:
        return _MONTHS[_SHORT_MONTHS[word] - 1]
    return word if word in _MONTHS and word not in ("may", "march") else None


def _take_half(found: _Found, word: str, following: Sequence[_Token]) -> None:
    """Take "half past eight", "quarter to nine"."""
    if len(following) < 2 or following[1].kind != "number":
        return
    hour, minute = int(following[1].value), _HALVES[word]
    if following[0].word in ("past", "after"):
        found.times.add((hour, minute))
    elif following[0].word in ("to", "of", "before"):
        found.times.add((hour - 1 or 12, _MINUTES_IN_HOUR - minute))


def _take_number(found: _Found, token: _Token, following: _Token) -> None:
    if token.kind == "time":
        if token.minute:
            found.times.add((int(token.value), token.minute))
        else:
            found.numbers.add(token.value)
    elif token.kind == "dollars" or following.word in _DOLLARS:
        found.amounts.add(token.value)
    elif token.word != "one" or following.kind != "word" or following.word in _MERIDIEMS:
        # "One" before a word is rarely counted: "one of them", "one moment".
        found.numbers.add(token.value)
    if _is_time(token, following):
        found.times.add((int(token.value), int(following.value)))


def _is_time(token: _Token, following: _Token) -> bool:
    """Return whether two numbers said one after the other can be a time: "eight thirty"."""
    return (
        token.kind == following.kind == "number"
        and token.value <= _LAST_HOUR
        and token.value.is_integer()
        and _TWO_DIGITS <= following.value < _MINUTES_IN_HOUR
    )


def _join_cents(found: _Found, tokens: Sequence[_Token]) -> None:
    """Add "75 dollars and 50 cents" as one amount."""
    words = [token for token in tokens if token.word != "and"]
    for dollars, unit, cents, last in zip(words, words[1:], words[2:], words[3:], strict=False):
        if unit.word in _DOLLARS and last.word == "cents":
            found.amounts.add(dollars.value + cents.value / 100)


def _digits(text: str) -> str:
    """Return every digit of a text in a row, those said as words included."""
    spoken = {word: str(value) for word, value in _UNITS.items() if value < _TWO_DIGITS}
    spoken["oh"] = "0"
    return "".join(
        spoken.get(token.lower(), token if token.isdigit() else "")
        for token in re.findall(r"\d|[^\W\d_]+", text)
    )
