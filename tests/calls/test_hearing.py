import pytest

from floyd.calls.hearing import Change, Hearing


@pytest.fixture
def hearing() -> Hearing:
    hearing = Hearing()
    hearing.sound_started(1.0)
    return hearing


def test_a_turn_grows_with_interim_and_final_results(hearing: Hearing) -> None:
    assert hearing.words("we have", False) is Change.NEW_WORDS
    assert hearing.words("We have roses.", True) is Change.NEW_WORDS
    assert hearing.words("and peonies", False) is Change.NEW_WORDS
    assert hearing.text == "We have roses. and peonies"


def test_the_same_words_again_change_nothing(hearing: Hearing) -> None:
    hearing.words("we have", False)
    assert hearing.words("we have", False) is Change.NOTHING


def test_a_late_final_corrects_the_turn_that_was_taken(hearing: Hearing) -> None:
    hearing.words("we have rose", False)
    hearing.sound_paused(2.0)
    hearing.take()
    assert hearing.words("We have roses.", True) is Change.EARLIER_TURN
    assert (hearing.taken_text, hearing.text) == ("We have roses.", "")


def test_words_after_a_taken_turn_begin_the_next_one_also_in_the_same_utterance(
    hearing: Hearing,
) -> None:
    hearing.words("we have roses", False)
    hearing.take()
    hearing.sound_started(3.0)
    assert hearing.words("we have roses for eighty dollars", False) is Change.NEW_WORDS
    assert hearing.text == "for eighty dollars"
    hearing.words("We have roses for eighty dollars.", True)
    hearing.words("anything else", False)
    assert hearing.text == "for eighty dollars. anything else"


def test_one_word_more_through_a_revision_is_no_new_speech(hearing: Hearing) -> None:
    hearing.words("it's fine", False)
    hearing.take()
    hearing.sound_started(3.0)
    assert hearing.words("it is fine", True) is not Change.NEW_WORDS
    assert hearing.text == ""


def test_quiet_speech_that_only_the_recogniser_notices_is_heard_all_the_same(
    hearing: Hearing,
) -> None:
    hearing.words("hello", False)
    hearing.take()
    assert hearing.words("hello which class is she in", False) is Change.NEW_WORDS


def test_an_utterance_that_was_broken_off_does_not_eat_the_words_of_the_next(
    hearing: Hearing,
) -> None:
    hearing.words("maple school good morning", False)
    hearing.take()
    hearing.sound_started(3.0)
    hearing.words("which class is she in", False)
    assert hearing.text == "which class is she in"


def test_the_words_of_a_greeting_may_come_after_it_was_taken(hearing: Hearing) -> None:
    hearing.sound_paused(2.0)
    assert hearing.take().text == ""
    assert hearing.words("maple school", False) is Change.EARLIER_TURN
    assert hearing.taken_text == "maple school"


def test_a_turn_is_timed_from_its_first_sound_to_its_last(hearing: Hearing) -> None:
    hearing.words("we have", False)
    hearing.sound_paused(2.0)
    hearing.sound_started(2.5)
    hearing.sound_paused(4.0)
    turn = hearing.take()
    assert (turn.started_s, turn.ended_s) == (1.0, 4.0)
