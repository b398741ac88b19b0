"""What the core decides, one rule after the other."""

import json

from floyd.calls import phrases
from floyd.calls.vocabulary import (
    ClauseMisread,
    ClauseWritten,
    ClearPlayback,
    Drop,
    Generate,
    HandOverAsked,
    HangUp,
    LeaveStream,
    ListeningFailed,
    MachineDetected,
    RecordFinish,
    RecordUtterance,
    Release,
    ReplyFailed,
    Say,
    SoundSent,
    SpeechPaused,
    SpeechStarted,
    StreamEnded,
    StreamStarted,
    Turn,
    WordsHeard,
)
from tests.calls.builders import FIRST_LINE, INTRODUCTION, Conversation, brief, role_of, said

FINISHED = ("finish", json.dumps({"outcome": "done", "evidence": ["I've noted it"]}))


def spoken(talk: Conversation) -> list[str]:
    return [say.text for say in talk.all(Say)]


def test_a_short_greeting_is_followed_by_introduction_and_first_line() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.callee_says("Hello?", lasting_s=0.6, pause_s=0.34)
    assert spoken(talk) == []
    talk.wait(0.02)
    assert spoken(talk) == [INTRODUCTION, FIRST_LINE]


def test_silence_after_the_pick_up_is_followed_by_the_introduction_too() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.wait(2.0)
    assert spoken(talk) == [INTRODUCTION, FIRST_LINE]


def test_the_click_of_the_pick_up_is_no_greeting() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.happens(SpeechStarted(0.0), 0.06)
    talk.happens(SpeechPaused(0.08), 0.16)
    talk.wait(0.5)
    assert spoken(talk) == []
    talk.callee_says("Hello?", lasting_s=0.5, pause_s=0.36)
    assert spoken(talk) == [INTRODUCTION, FIRST_LINE]


def test_a_greeting_with_a_pause_inside_is_not_talked_over() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.callee_says("Hello?", lasting_s=0.5, pause_s=0.3)
    talk.callee_says("Hello? Brock Road Garage", lasting_s=1.2, pause_s=0.3)
    assert spoken(talk) == []
    talk.wait(0.6)
    assert spoken(talk) == [INTRODUCTION, FIRST_LINE]


def test_words_of_the_greeting_that_come_late_do_not_interrupt() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.happens(SpeechStarted(0.2))
    talk.happens(SpeechPaused(0.8), 0.88)
    talk.wait(0.4)
    introduction = talk.all(Say)[0]
    talk.sound_goes_out(introduction.reply, INTRODUCTION)
    talk.happens(WordsHeard("Maple School good morning", True), 1.5)
    assert talk.all(ClearPlayback) == []
    talk.is_heard(["m1"])
    talk.callee_says("yes")
    turns = talk.last_generated().turns
    assert said(turns, "callee")[0] == "Maple School good morning"


def test_a_recorded_message_is_not_introduced_to_before_it_ends() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.callee_says("Please leave a message after the tone", lasting_s=3.0, pause_s=5.0)
    assert spoken(talk) == []


def test_the_beep_of_a_voicemail_gets_introduction_and_message_then_the_call_ends() -> None:
    talk = Conversation(brief(role_of(voicemail_message="Mara is sick today.")))
    talk.happens(StreamStarted())
    talk.happens(MachineDetected("machine_end_beep"))
    assert spoken(talk) == [INTRODUCTION, "Mara is sick today."]
    talk.everything_is_heard()
    talk.wait(5.0)
    assert talk.all(RecordFinish)[0].finish["outcome"] == "voicemail_left"
    assert isinstance(talk.done[-1], HangUp)


def test_a_voicemail_without_a_message_to_leave_is_hung_up_on() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.happens(MachineDetected("machine_end_beep"))
    assert spoken(talk) == []
    assert talk.all(RecordFinish)[0].finish["outcome"] == "no_answer"


def test_a_reply_is_prepared_at_the_first_short_pause_and_released_when_the_turn_ends() -> None:
    talk = Conversation()
    talk.answered()
    commands = talk.callee_says("which class is she in", pause_s=0.1)
    assert [c.turns[-1] for c in commands if isinstance(c, Generate)] == [
        Turn("callee", "which class is she in")
    ]
    assert talk.all(Release) == []
    talk.wait(1.0)
    assert talk.last_released() == talk.last_generated().reply


def test_a_prepared_reply_is_dropped_when_the_callee_goes_on() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("I'll need her name", pause_s=0.2)
    first = talk.last_generated().reply
    talk.callee_says("I'll need her name and class", pause_s=1.6)
    assert Drop(first) in talk.done
    assert talk.last_released() != first


def test_a_final_result_with_the_same_words_keeps_the_prepared_reply() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what is her last name", pause_s=0.1)
    talk.final("What is her last name?")
    talk.wait(1.0)
    assert len(talk.all(Generate)) == 1


def test_a_final_result_after_the_answer_corrects_the_transcript_and_starts_no_turn() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what's her class", pause_s=1.0)
    talk.final("What's her last class?")
    talk.wait(3.0)
    assert len(talk.all(Generate)) == 1
    assert talk.all(RecordUtterance)[-1].text == "What's her last class?"


def test_a_trailing_and_is_waited_for_longer_than_a_question() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("I have a question and", pause_s=1.2)
    assert talk.all(Release) == []
    other = Conversation()
    other.answered()
    other.callee_says("what is her name", pause_s=0.5)
    assert len(other.all(Release)) == 1


def test_interrupting_words_clear_what_is_queued_and_keep_only_what_was_heard() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what is it about", pause_s=1.0)
    number = talk.last_released()
    talk.reply_is_written(number, "She has a fever and stays home,", "so she won't come.")
    marks = talk.sound_goes_out(
        number, "She has a fever and stays home,", "so she won't come.", duration_s=2.0
    )
    talk.is_heard(marks[:1], duration_s=2.0)
    talk.happens(SpeechStarted(talk.now_s))
    talk.now_s += 1.0
    talk.happens(WordsHeard("sorry who is this", False))
    assert ClearPlayback() in talk.done
    assert talk.all(RecordUtterance)[-1].text == "She has a fever and stays home, so she—"


def test_a_reply_is_taken_back_when_the_callee_goes_on_before_its_first_sound() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("all right", pause_s=0.9)
    number = talk.last_released()
    talk.happens(SpeechStarted(talk.now_s))
    talk.happens(WordsHeard("all right is that", False))
    assert ClearPlayback() in talk.done
    assert talk.happens(ReplyFailed(number)) == []


def test_the_introductions_time_counts_from_the_end_of_the_greeting() -> None:
    talk = Conversation()
    talk.answered()
    introduction = next(
        record for record in talk.all(RecordUtterance) if record.text == INTRODUCTION
    )
    assert introduction.timings is not None
    assert introduction.timings["sent"] == 350


def test_a_back_channel_does_not_stop_floyd() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what is it about", pause_s=1.0)
    number = talk.last_released()
    talk.sound_goes_out(number, "She has a fever.", duration_s=5.0)
    talk.callee_says("mm-hm", lasting_s=0.3, pause_s=1.0)
    assert talk.all(ClearPlayback) == []
    assert len(talk.all(Release)) == 1


def test_the_introduction_is_said_again_when_it_was_interrupted() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.wait(2.0)
    introduction = talk.all(Say)[0]
    talk.sound_goes_out(introduction.reply, INTRODUCTION, duration_s=3.0)
    talk.now_s += 1.0
    talk.callee_says("who is this please", pause_s=1.0)
    assert ClearPlayback() in talk.done
    assert spoken(talk)[-1] == INTRODUCTION
    released = talk.done.index(talk.all(Release)[-1])
    assert talk.done.index(talk.all(Say)[-1]) < released


def test_finish_hangs_up_only_after_the_goodbye_was_heard() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("okay I've noted it", pause_s=1.0)
    number = talk.last_released()
    talk.reply_is_written(number, "Thank you, goodbye.", tool=FINISHED)
    marks = talk.sound_goes_out(number, "Thank you, goodbye.")
    talk.wait(0.9)
    assert talk.all(HangUp) == []
    talk.is_heard(marks, duration_s=0.1)
    talk.wait(2.0)
    assert talk.all(RecordFinish)[0].finish["outcome"] == "done"
    assert isinstance(talk.done[-1], HangUp)


def test_a_goodbye_in_return_ends_the_call_and_something_new_keeps_it() -> None:
    for words, ends in (("thank you bye bye", True), ("oh wait one more question", False)):
        talk = Conversation()
        talk.answered()
        talk.callee_says("okay I've noted it", pause_s=1.0)
        talk.final("Okay, I've noted it.")
        talk.floyd_answers("Thank you, goodbye.", tool=FINISHED)
        talk.callee_says(words, pause_s=1.0)
        assert bool(talk.all(HangUp)) is ends


def test_the_tool_of_a_prepared_reply_is_not_carried_out_when_the_reply_is_dropped() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("okay I've noted it", pause_s=0.1)
    talk.reply_is_written(talk.last_generated().reply, "Goodbye.", tool=FINISHED)
    talk.callee_says("okay I've noted it but one thing", pause_s=1.0)
    talk.floyd_answers("Yes?")
    talk.wait(5.0)
    assert talk.all(HangUp) == []


def test_a_finish_without_proof_is_refused_once_and_the_model_is_told_why() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("who is this", pause_s=1.0)
    invented = ("finish", json.dumps({"outcome": "done", "evidence": ["she is marked absent"]}))
    talk.floyd_answers("Goodbye.", tool=invented)
    assert "evidence" in talk.last_generated().turns[-1].text
    assert talk.all(RecordFinish) == []


def test_an_unknown_tool_twice_ends_the_call_without_a_claim_of_success() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("who is this", pause_s=1.0)
    talk.floyd_answers("Goodbye.", tool=("transfer_money", "{}"))
    talk.floyd_answers(tool=("transfer_money", "{}"))
    talk.wait(3.0)
    assert talk.all(RecordFinish)[0].finish == {
        "outcome": "partly",
        "evidence": [],
        "missing": [],
    }


def test_call_back_later_keeps_what_is_missing() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what is your budget", pause_s=1.0)
    later = ("call_back_later", json.dumps({"missing": ["What is your budget?"]}))
    talk.floyd_answers("I'll ask and call back, goodbye.", tool=later)
    talk.wait(3.0)
    finish = talk.all(RecordFinish)[0].finish
    assert (finish["outcome"], finish["missing"]) == ("needs_user", ["What is your budget?"])


def test_a_slow_model_is_covered_by_a_filler_within_two_seconds() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("which class is she in", pause_s=1.9)
    assert spoken(talk)[-1] == phrases.ONE_MOMENT
    assert talk.all(Say)[-1].ahead


def test_a_model_that_fails_twice_is_followed_by_a_polite_end() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("which class is she in", pause_s=1.0)
    talk.happens(ReplyFailed(talk.last_released()))
    talk.happens(ReplyFailed(talk.last_released()))
    assert spoken(talk)[-1] == phrases.TROUBLE
    talk.everything_is_heard()
    talk.wait(3.0)
    assert talk.all(RecordFinish)[0].finish["outcome"] == "failed"
    assert isinstance(talk.done[-1], HangUp)


def test_a_model_that_hangs_is_given_up_and_the_call_ends_politely() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("which class is she in", pause_s=15.0)
    assert phrases.TROUBLE in spoken(talk)


def test_a_callee_who_grants_every_moment_is_not_asked_for_a_third_one() -> None:
    talk = Conversation()
    talk.answered()
    for _ in range(3):
        talk.callee_says("Sure, take your time.", pause_s=3.0)
        talk.everything_is_heard()
        talk.final("Sure, take your time.")
    assert spoken(talk)[2:] == [phrases.ONE_MOMENT, phrases.ONE_MOMENT, phrases.TROUBLE]


def test_an_answer_that_is_heard_gives_floyd_new_moments_to_ask_for() -> None:
    talk = Conversation()
    talk.answered()
    for _ in range(3):
        talk.callee_says("Which class is that?", pause_s=3.0)
        talk.final("Which class is that?")
        talk.floyd_answers("It's 3B.")
    assert spoken(talk)[2:] == [phrases.ONE_MOMENT] * 3


def test_silence_is_asked_about_twice_then_the_call_ends() -> None:
    talk = Conversation()
    talk.answered()
    for _ in range(3):
        talk.wait(8.0)
        talk.everything_is_heard()
    assert spoken(talk)[-3:] == [phrases.STILL_THERE, phrases.STILL_THERE, phrases.NOBODY_THERE]
    talk.wait(2.0)
    assert talk.all(RecordFinish)[0].finish["outcome"] == "cut_off"


def resumed(*earlier: Turn, disclosed: bool = True) -> Conversation:
    numbered = tuple(enumerate(earlier))
    talk = Conversation(brief(earlier=numbered, answered=True, disclosed=disclosed))
    talk.happens(StreamStarted())
    return talk


def test_a_resumed_call_apologises_and_answers_knowing_all_that_was_said() -> None:
    earlier = (Turn("floyd", INTRODUCTION), Turn("callee", "Which class is she in?"))
    talk = resumed(*earlier)
    assert spoken(talk) == [phrases.LINE_WAS_LOST]
    assert talk.last_generated().turns[:2] == earlier
    assert talk.last_released() == talk.last_generated().reply


def test_a_resumed_call_asks_for_the_answer_that_the_lost_line_swallowed() -> None:
    talk = resumed(Turn("floyd", INTRODUCTION), Turn("floyd", FIRST_LINE))
    assert spoken(talk) == [phrases.LINE_WAS_LOST, phrases.SAY_AGAIN]
    assert talk.all(Generate) == []


def test_a_resumed_call_goes_on_where_floyd_was_cut_off() -> None:
    talk = resumed(Turn("floyd", INTRODUCTION), Turn("floyd", "I'm calling to—"))
    assert spoken(talk) == [phrases.LINE_WAS_LOST]
    assert len(talk.all(Release)) == 1


def test_an_apology_that_was_talked_over_comes_before_the_answer() -> None:
    talk = resumed(Turn("floyd", INTRODUCTION), Turn("callee", "Which class is she in?"))
    talk.sound_goes_out(0, phrases.LINE_WAS_LOST)
    talk.callee_says("Hello? Are you still there?", lasting_s=0.5, pause_s=1.0)
    assert spoken(talk) == [phrases.LINE_WAS_LOST] * 2
    talk.everything_is_heard()
    talk.callee_says("And who is calling?", pause_s=1.0)
    assert spoken(talk).count(phrases.LINE_WAS_LOST) == 2


def test_an_apology_that_was_heard_is_not_repeated() -> None:
    talk = resumed(Turn("floyd", INTRODUCTION), Turn("callee", "Which class is she in?"))
    talk.everything_is_heard()
    talk.callee_says("Hello? Are you still there?", pause_s=1.0)
    assert spoken(talk) == [phrases.LINE_WAS_LOST]


def test_a_resumed_call_introduces_itself_if_nobody_had_heard_that_to_its_end() -> None:
    talk = resumed(Turn("callee", "Hello?"), Turn("floyd", "Hi, this is—"), disclosed=False)
    assert spoken(talk) == [phrases.LINE_WAS_LOST, INTRODUCTION, FIRST_LINE]


def test_a_machine_that_was_talking_is_hung_up_on_after_the_message_all_the_same() -> None:
    talk = Conversation(brief(role_of(voicemail_message="Mara is sick today.")))
    talk.happens(StreamStarted())
    talk.callee_says("Please leave a message after the beep", pause_s=0.2)
    talk.happens(SpeechStarted(talk.now_s))
    talk.happens(MachineDetected("machine_end_beep"))
    talk.happens(SpeechPaused(talk.now_s + 0.5))
    talk.happens(WordsHeard("Please leave a message after the beep.", True))
    talk.everything_is_heard()
    talk.wait(2.0)
    assert isinstance(talk.done[-1], HangUp)


def test_handing_over_waits_for_the_clause_that_is_playing() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what is it about", pause_s=1.0)
    number = talk.last_released()
    marks = talk.sound_goes_out(number, "She has a fever,", "and stays home.")
    talk.happens(HandOverAsked())
    assert talk.all(LeaveStream) == []
    talk.is_heard(marks[:1])
    assert isinstance(talk.done[-1], LeaveStream)


def test_a_lost_socket_keeps_what_was_heard_until_then() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what is it about", pause_s=1.0)
    talk.sound_goes_out(talk.last_released(), "one two three four", duration_s=4.0)
    talk.now_s += 2.5
    talk.happens(StreamEnded())
    assert talk.all(RecordUtterance)[-1].text == "one two—"


def test_a_machine_verdict_in_the_middle_of_a_conversation_is_not_believed() -> None:
    talk = Conversation(brief(role_of(voicemail_message="Mara is sick today.")))
    talk.answered()
    talk.callee_says("which class is she in", pause_s=1.0)
    assert talk.happens(MachineDetected("machine_end_beep")) == []


def test_a_turn_ends_on_a_line_that_is_never_quiet() -> None:
    talk = Conversation()
    talk.answered()
    talk.happens(SpeechStarted(talk.now_s))
    talk.happens(WordsHeard("which class is she in", False))
    talk.wait(4.0)
    assert len(talk.all(Release)) == 1


def test_a_line_that_is_noisy_from_the_beginning_is_introduced_to_all_the_same() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.happens(SpeechStarted(0.1))
    talk.wait(30.0)
    assert spoken(talk) == [INTRODUCTION, FIRST_LINE]


def test_a_voice_that_cannot_even_introduce_floyd_ends_the_call() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.wait(2.0)
    talk.happens(ReplyFailed(talk.all(Say)[0].reply))
    assert talk.all(RecordFinish)[0].finish["outcome"] == "failed"
    assert isinstance(talk.done[-1], HangUp)


def test_nothing_follows_an_introduction_that_could_not_be_voiced() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.wait(2.0)
    commands = talk.happens(ReplyFailed(talk.all(Say)[0].reply))
    assert ClearPlayback() in commands


def test_a_filler_that_cannot_be_voiced_does_not_end_the_call() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what is it about", pause_s=2.5)
    assert spoken(talk)[-1] == phrases.ONE_MOMENT
    talk.happens(ReplyFailed(talk.all(Say)[-1].reply))
    assert talk.all(HangUp) == []


def test_an_introduction_that_a_misread_clause_cut_off_is_said_again_before_it() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.wait(2.0)
    introduction, first_line = talk.all(Say)
    talk.sound_goes_out(introduction.reply, INTRODUCTION, duration_s=3.0)
    talk.happens(ClauseWritten(first_line.reply, 0, FIRST_LINE))
    talk.happens(SoundSent(first_line.reply, 0, 0.5))
    talk.now_s += 1.0
    talk.happens(ClauseMisread(first_line.reply, 0, "I'm calling to let you know Clara"))
    again = talk.all(Say)[-1]
    assert (again.text, again.ahead) == (INTRODUCTION, True)


def test_a_recogniser_that_fails_in_the_greeting_is_followed_by_an_excuse_only() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.happens(ListeningFailed(), 0.2)
    talk.wait(5.0)
    assert spoken(talk) == [phrases.TROUBLE]


def test_a_turn_that_was_open_when_the_recogniser_failed_is_not_answered() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("which class is she in", pause_s=0.1)
    talk.happens(ListeningFailed())
    talk.wait(30.0)
    assert talk.all(Release) == []
    assert isinstance(talk.done[-1], HangUp)


def test_a_turn_ends_on_a_line_whose_noise_comes_and_goes() -> None:
    talk = Conversation()
    talk.answered()
    talk.happens(SpeechStarted(talk.now_s))
    talk.happens(WordsHeard("which class is she in", False))
    for _ in range(10):
        talk.happens(SpeechPaused(talk.now_s))
        talk.wait(0.2)
        talk.happens(SpeechStarted(talk.now_s))
        talk.wait(0.2)
    assert len(talk.all(Release)) == 1


def test_noise_that_never_ends_does_not_keep_floyd_waiting_for_ever() -> None:
    talk = Conversation()
    talk.answered()
    talk.wait(5.0)
    talk.happens(SpeechStarted(talk.now_s))
    talk.wait(12.0)
    assert spoken(talk)[-1] == phrases.STILL_THERE


def test_half_a_sentence_is_written_down_when_the_call_is_handed_over() -> None:
    talk = Conversation()
    talk.answered()
    talk.happens(SpeechStarted(talk.now_s))
    talk.happens(WordsHeard("I'll need her", False))
    talk.happens(HandOverAsked())
    assert talk.all(RecordUtterance)[-1].text == "I'll need her"
    assert isinstance(talk.done[-1], LeaveStream)


def test_nothing_is_done_after_the_hang_up() -> None:
    talk = Conversation()
    talk.happens(StreamStarted())
    talk.happens(MachineDetected("machine_end_beep"))
    assert talk.happens(WordsHeard("hello?", True)) == []
    assert talk.wait(60.0) == []


def test_the_times_of_a_reply_count_from_the_end_of_the_speech_that_it_answers() -> None:
    talk = Conversation()
    talk.answered()
    talk.callee_says("what is it about", pause_s=0.1)
    number = talk.last_generated().reply
    talk.reply_is_written(number, "A fever.")
    talk.wait(0.6)
    talk.is_heard(talk.sound_goes_out(number, "A fever."))
    assert talk.all(RecordUtterance)[-1].timings == {
        "first_token": 100,
        "first_clause": 100,
        "first_sound": 100,
        "endpoint": 450,
        "sent": 700,
    }
