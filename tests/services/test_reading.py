"""Whether a voice read what it was given."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from floyd.services.voice.numerals import read_number
from floyd.services.voice.reading import Reading, compare

WORDS = (
    "Mara Berg is sick today not coming to class 3B at 8:30 $80 $12.50 519-555-0188 can't won't I'm"
    " Mrs. Okafor a.m. o'clock twenty-six one hundred and five 2026 3rd third 4.5 oh B-E-R-G and"
    " the Thank you. Goodbye! Floyd AI assistant for Ann's mother, no never 1,200 50% pick-up"
).split()
texts = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)


@pytest.mark.parametrize(
    ("meant", "said"),
    [
        ("Hi, this is Floyd.", "hi this is Floyd"),
        ("I'm calling about Mara.", "I am calling about Mara."),
        ("She won't come, it's a fever.", "She will not come. It is a fever."),
        ("at 8:30", "at eight thirty"),
        ("at 8:05 a.m.", "at eight oh five AM"),
        ("at 8:00", "at eight o'clock"),
        ("It is $80.", "It is eighty dollars."),
        ("$560", "five hundred and sixty dollars"),
        ("It costs $12.50", "It costs twelve dollars fifty cents"),
        ("519-555-0188", "five one nine, five five five, zero one eight eight"),
        ("B-E-R-G", "B E R G"),
        ("in class 3B", "in class three B"),
        ("on December 3rd", "on December third"),
        ("in 2026", "in twenty twenty-six"),
        ("an AI assistant", "an A.I. assistant"),
        ("12 Suffolk St.", "twelve Suffolk Street"),
        ("the pick-up at 5", "the pickup at five"),
        ("50% of 1,200", "fifty percent of twelve hundred"),
        ("Anna\u2019s daughter", "Anna's daughter"),
    ],
)
def test_the_same_words_written_differently_are_exact(meant: str, said: str) -> None:
    assert compare(meant, said) is Reading.EXACT
    assert compare(said, meant) is Reading.EXACT


@pytest.mark.parametrize(
    ("meant", "said"),
    [
        ("Could you help me with that?", "Can you help me with that?"),
        ("Thanks so much for the help.", "Thanks very much for the help."),
        ("Mara is going to be home sick.", "Mara is going to be at home sick."),
        ("$80.50", "eighty dollars and fifty cents"),
    ],
)
def test_small_words_may_change(meant: str, said: str) -> None:
    assert compare(meant, said) is Reading.HARMLESS


@pytest.mark.parametrize(
    ("meant", "said"),
    [
        ("Mara is sick today.", "Maria is sick today."),
        ("Mara is sick today.", "She is sick today."),
        ("at 8:30", "at eight thirteen"),
        ("It costs $80.", "It costs eight dollars."),
        ("519-555-0188", "five one nine, five five five, zero one eight nine"),
        ("She will not come.", "She will come."),
        ("She will come.", "She won't come."),
        ("She can come.", "She can't come."),
        ("This is Floyd, an AI assistant.", "This is Floyd, an assistant."),
        ("in class 3B", "in class 3D"),
        ("Please tell the teacher about the homework folder today.", "Please tell today."),
        ("Goodbye.", "Goodbye. Have a really wonderful sunny weekend everybody."),
        ("Thank you, have a nice day.", "Thank you, have a"),
        ("Mara is sick today.", ""),
    ],
)
def test_numbers_names_negations_and_phrases_may_not(meant: str, said: str) -> None:
    assert compare(meant, said).harmful


@pytest.mark.parametrize(
    ("meant", "said"),
    [
        ("Mara is at home, she is sick today.", "Maria is at"),
        ("Please come at 8:30 on Tuesday.", "Please come at nine thirty on "),
        ("She will not be in class today.", "She will be in cl"),
    ],
)
def test_harm_is_heard_before_the_end(meant: str, said: str) -> None:
    assert compare(meant, said, finished=False).harmful


@given(texts)
def test_a_text_reads_exactly_as_itself(text: str) -> None:
    assert compare(text, text) is Reading.EXACT


@given(texts)
def test_punctuation_and_spaces_do_not_matter(text: str) -> None:
    assert compare(text, f"  {text.replace(' ', '  ')} ... ") is Reading.EXACT


@given(texts, st.integers(min_value=0))
@example("one hundred and five", 15)
@example("can't", 3)
@example("$12.50", 4)
def test_no_beginning_of_a_text_is_harmful(text: str, length: int) -> None:
    beginning = text[: length % (len(text) + 1)]
    assert not compare(text, beginning, finished=False).harmful


@given(st.text(), st.text(), st.booleans())
def test_any_two_texts_can_be_compared(meant: str, said: str, finished: bool) -> None:
    assert compare(meant, said, finished=finished) in Reading


@given(texts, st.integers(min_value=0), st.sampled_from(["not", "Krista", "17"]))
def test_an_added_word_that_matters_is_harmful(text: str, place: int, word: str) -> None:
    words = [each for each in text.split() if not any(c in each for c in string.digits)]
    at = place % (len(words) + 1)
    meant = " ".join(["So", *words])
    said = " ".join(["So", *words[:at], word, *words[at:]])
    assert compare(meant, said).harmful


@given(st.integers(0, 999_999))
def test_every_number_is_read_from_its_words(number: int) -> None:
    words = in_words(number).split()
    assert read_number(words, 0) == (number, len(words))


def in_words(number: int) -> str:
    units = (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen"
    ).split()
    tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()
    if number < 20:
        return units[number]
    if number < 100:
        return " ".join([tens[number // 10 - 2], *([units[number % 10]] if number % 10 else [])])
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    rest = [in_words(number % size)] if number % size else []
    joint = ["and"] if rest and number % size < 100 else []
    return " ".join([in_words(number // size), name, *joint, *rest])
