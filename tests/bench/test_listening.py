"""The bench's recogniser: the right words, exactly as late as BENCH.md says."""

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest

from bench.speech import SILENCE, Utterance, Vocabulary, line_noise
from bench.stand_ins.listening import Due, Library, Listening

_MS_A_BYTE = 1 / 8


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(seed=0, orders=13)


@pytest.fixture
def listening(vocabulary: Vocabulary) -> Listening:
    return Listening(Library(vocabulary.clips()))


def heard(listening: Listening, sound: bytes, step: int = 320) -> Iterator[tuple[float, Due]]:
    """Each transcript, and the moment at which it is due; the stream counts from 0 ms."""
    for at in range(0, len(sound), step):
        for due in listening.hear(sound[at : at + step]):
            yield (at + step) * _MS_A_BYTE + due.delay_s * 1000, due


def stream(*parts: bytes | Utterance) -> bytes:
    return (
        b"".join(part if isinstance(part, bytes) else b"".join(part.frames) for part in parts)
        + 50 * SILENCE
    )


def test_the_final_has_all_words_300_ms_after_the_end_of_speech(
    listening: Listening, vocabulary: Vocabulary
) -> None:
    utterance = vocabulary.needs(12, 0)
    finals = [(at, due) for at, due in heard(listening, stream(utterance)) if due.is_final]
    ((at_ms, final),) = finals
    assert final.text == "order 12 needs fresh bread."
    assert at_ms == pytest.approx(len(utterance.frames) * 20 + 300, abs=1)


def test_the_last_interim_is_complete_100_ms_after_the_end_of_speech(
    listening: Listening, vocabulary: Vocabulary
) -> None:
    utterance = vocabulary.needs(12, 0)
    interims = [(at, due) for at, due in heard(listening, stream(utterance)) if not due.is_final]
    at_ms, last = interims[-1]
    assert last.text == "order 12 needs fresh bread"
    assert at_ms == pytest.approx(len(utterance.frames) * 20 + 100, abs=21)


def test_interims_come_every_100_ms_once_a_word_is_known(
    listening: Listening, vocabulary: Vocabulary
) -> None:
    times = [at for at, due in heard(listening, stream(vocabulary.needs(3, 1))) if not due.is_final]
    assert times[0] <= 400
    assert all(later - earlier <= 120 for earlier, later in pairwise(times))


def test_a_pause_inside_makes_two_utterances(listening: Listening, vocabulary: Vocabulary) -> None:
    paused = next(each for each in vocabulary.mixed(0) if each.paused)
    finals = [due.text for _, due in heard(listening, stream(paused)) if due.is_final]
    assert len(finals) == 2
    assert " ".join(finals) == paused.text


def test_noise_has_no_words_and_hides_none(listening: Listening, vocabulary: Vocabulary) -> None:
    noise = b"".join(line_noise(seed=3))
    sound = stream(noise, vocabulary.wants(5, 2), noise)
    finals = [due.text for _, due in heard(listening, sound) if due.is_final]
    assert finals == ["order 5 wants brown sugar."]


@pytest.mark.parametrize("step", [160, 333, 800])
def test_a_stream_that_was_cut_anywhere_is_understood(
    listening: Listening, vocabulary: Vocabulary, step: int
) -> None:
    cut = random.Random(step).randrange(1, 160)
    sound = stream(20 * SILENCE, vocabulary.needs(7, 4))[cut:]
    finals = [due.text for _, due in heard(listening, sound, step) if due.is_final]
    assert finals == ["order 7 needs green tea."]
