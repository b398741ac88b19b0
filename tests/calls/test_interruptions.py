"""Who speaks when both do: interruptions, nods, coughs and noise, in virtual time."""

import pytest

from floyd.calls import phrases
from floyd.calls.vocabulary import (
    ClearPlayback,
    Generate,
    HangUp,
    RecordUtterance,
    Release,
    ReplyFailed,
    Say,
    SpeechPaused,
    SpeechStarted,
    StreamEnded,
    StreamStarted,
    WordsHeard,
)
from tests.calls.builders import FIRST_LINE, INTRODUCTION, Conversation, said
from tests.calls.telephone import Telephone

LONG_ANSWER = ("She is in class 3B,", "with Mrs. Dunn in the new building.", "She has a fever.")


def asked(answer: tuple[str, ...] = LONG_ANSWER, clause_s: float = 2.0) -> Telephone:
    """A callee has asked something; Floyd's answer begins to sound at about 10.7 s."""
    call = Telephone(answer=answer, clause_s=clause_s)
    call.say(0.5, "Hello?")
    call.say(8.6, "Which class is she in?")
    return call.run(11.0)


def test_floyd_stops_within_350_ms_of_interrupting_speech() -> None:
    call = asked()
    call.say(11.5, "Wait, is she ill?")
    call.run(14.0)
    assert call.when(ClearPlayback)[0] - 11.5 <= 0.35


def test_what_a_false_start_of_the_callee_cut_off_is_said_again_from_that_clause_on() -> None:
    call = asked()
    call.sound(13.5, 13.7)
    call.at(13.8, WordsHeard("the", False))
    call.at(14.2, WordsHeard("", False))
    call.run(16.0)
    assert len(call.when(ClearPlayback)) == 1
    assert call.heard_between(13.9, 30.0) == list(LONG_ANSWER[1:])
    assert len(call.when(Generate)) == 1


def test_a_hesitation_that_leads_to_nothing_gives_the_word_back_to_floyd() -> None:
    call = asked()
    call.say(13.5, "um")
    call.run(20.0)
    assert call.heard_between(14.0, 30.0)[:2] == list(LONG_ANSWER[1:])


def test_a_reply_that_was_not_written_to_its_end_goes_on_by_the_model() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what is it about", pause_s=1.0)
    talk.sound_goes_out(talk.last_released(), "She has a fever,", duration_s=5.0)
    talk.callee_says("um", lasting_s=0.3, pause_s=1.0)
    assert "cut off" in talk.last_generated().turns[-1].text
    assert len(talk.all(Release)) == 2


def test_an_introduction_that_a_cough_cut_off_is_said_again_with_the_first_line() -> None:
    call = Telephone(clause_s=3.0)
    call.say(0.5, "Hello?")
    call.run(2.0)
    call.say(2.5, "um")
    call.run(6.0)
    spoken = [command.text for _, command in call.done if isinstance(command, Say)]
    assert spoken == [INTRODUCTION, FIRST_LINE] * 2


def test_a_nod_into_the_last_words_answers_them() -> None:
    call = asked(answer=("So she stays home today.",), clause_s=2.0)
    call.say(12.2, "okay")
    call.run(14.5)
    assert len(call.when(Release)) == 2
    assert call.when(ClearPlayback) == []


def test_a_nod_long_before_the_end_asks_for_nothing() -> None:
    call = asked()
    call.say(12.2, "okay")
    call.run(18.5)
    assert len(call.when(Release)) == 1


def test_a_nod_while_the_answer_is_on_its_way_does_not_bring_a_second_one() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("which class is she in", pause_s=0.6)
    talk.callee_says("yeah", lasting_s=0.3, pause_s=0.6)
    assert len(talk.all(Release)) == 1


def test_words_between_two_clauses_stop_the_reply_too() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("which class is she in", pause_s=0.6)
    number = talk.last_released()
    talk.is_heard(talk.sound_goes_out(number, "She is in class 3B,"))
    talk.happens(SpeechStarted(talk.now_s))
    talk.happens(WordsHeard("sorry three what", False), talk.now_s + 0.5)
    assert ClearPlayback() in talk.done


def test_who_was_answered_too_early_is_heard_out_and_answered_again() -> None:
    call = Telephone(answer=LONG_ANSWER, clause_s=2.0)
    call.say(0.5, "Hello?")
    ended_s = call.say(8.6, "We close at six", "on weekdays but not today.", pauses=[1.2])
    call.run(ended_s + 4.0)
    assert len(call.when(Release)) == 2
    callee = said(call.last_generated().turns, "callee")
    assert "on weekdays but not today" in " ".join(callee).lower()


def flapping(call: Telephone, from_s: float, to_s: float) -> None:
    while from_s < to_s:
        call.sound(from_s, from_s + 0.3)
        from_s += 0.5


def test_noise_that_comes_and_goes_does_not_put_off_the_question_for_the_callee() -> None:
    call = Telephone()
    call.say(0.5, "Hello?")
    flapping(call, 5.0, 60.0)
    call.run(20.0)
    assert phrases.STILL_THERE in [c.text for _, c in call.done if isinstance(c, Say)]
    call.run(60.0)
    assert len(call.when(HangUp)) == 1


def test_noise_that_comes_and_goes_does_not_put_off_the_introduction() -> None:
    call = Telephone()
    flapping(call, 0.1, 20.0)
    call.run(5.0)
    assert call.heard_between(0.0, 5.0)[0] == INTRODUCTION


def test_noise_from_before_does_not_cut_short_the_speech_that_follows() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("yes we do", lasting_s=0.2, pause_s=2.6)
    talk.floyd_answers("Good.")
    before = len(talk.all(Release))
    talk.happens(SpeechStarted(talk.now_s))
    talk.happens(WordsHeard("yes we do which class", False), talk.now_s + 0.3)
    talk.wait(2.0)
    assert len(talk.all(Release)) == before


@pytest.mark.parametrize("sounding", [False, True])
def test_a_voice_that_hangs_in_our_own_words_ends_the_call(sounding: bool) -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.wait(2.0)
    if sounding:
        introduction = talk.all(Say)[0]
        talk.is_heard(talk.sound_goes_out(introduction.reply, INTRODUCTION))
    talk.wait(7.0)
    assert isinstance(talk.done[-1], HangUp) or talk.all(HangUp)


def test_a_filler_that_hangs_is_given_up_without_the_call() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what is it about", pause_s=2.5)
    filler = talk.all(Say)[-1]
    assert filler.text == phrases.ONE_MOMENT
    talk.happens(ReplyFailed(filler.reply))
    assert talk.all(HangUp) == []


def test_words_that_become_final_after_the_hang_up_complete_the_transcript() -> None:
    talk = Conversation()
    talk.answered()
    talk.happens(SpeechStarted(talk.now_s))
    talk.happens(WordsHeard("please tell her that", False))
    talk.happens(StreamEnded())
    assert talk.turns.awaits_words
    talk.happens(WordsHeard("Please tell her that we called.", True))
    assert talk.all(RecordUtterance)[-1].text == "Please tell her that we called."
    assert not talk.turns.awaits_words
    assert talk.happens(SpeechPaused(talk.now_s)) == []


def test_an_answer_that_is_ready_is_not_announced() -> None:
    call = Telephone()
    call.say(0.5, "Hello?")
    call.say(8.6, "Our number is five one nine")
    call.run(16.0)
    assert phrases.ONE_MOMENT not in [c.text for _, c in call.done if isinstance(c, Say)]


def test_a_cough_after_the_last_word_does_not_put_off_the_answer() -> None:
    call = Telephone(answer=LONG_ANSWER)
    call.say(0.5, "Hello?")
    ended_s = call.say(8.6, "We have tulips and")
    call.sound(ended_s + 0.4, ended_s + 0.7)
    call.run(ended_s + 3.0)
    assert call.when(Release)[0] - ended_s == pytest.approx(1.5)
