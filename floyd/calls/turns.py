"""The core of a call: what happens and when goes in, what to do comes out; it never waits.

A call has three parts. The opening: the callee's first words, then the introduction and the
purpose. The conversation, which is told here: the callee's turn is listened to, answered ahead of
its end, and the answer released when the turn is over. The closing: the goodbye is heard, a last
word let pass, the line hung up.
"""

from typing import get_args

from floyd.calls import phrases
from floyd.calls.answering import Answering
from floyd.calls.brief import CallBrief
from floyd.calls.callee_turns import CalleeTurns
from floyd.calls.clockwork import Clockwork
from floyd.calls.closing import Closing
from floyd.calls.courtesy import is_back_channel, is_farewell
from floyd.calls.greeting import is_machine
from floyd.calls.hearing import Change, Hearing
from floyd.calls.interruptions import ONLY_A_NOISE, RESUME_AFTER_S, Interruptions
from floyd.calls.listening import Listening
from floyd.calls.opening import Opening, is_ready_for_message
from floyd.calls.replies import Progress, Replies, Reply
from floyd.calls.silence import Silence
from floyd.calls.transcript import Transcript
from floyd.calls.vocabulary import (
    ClauseMisread,
    Event,
    HandOverAsked,
    HangUp,
    LeaveStream,
    ListeningFailed,
    MachineDetected,
    MarkReached,
    ReplyFailed,
    ReplyWritten,
    SpeechPaused,
    SpeechStarted,
    StreamEnded,
    StreamStarted,
    TakenUp,
    ToolCalled,
    WordsHeard,
)
from floyd.prompts.schemas import Outcome

LONGEST_TALK_S = 20 * 60
_SPEECH = (SpeechStarted, SpeechPaused, WordsHeard)


class Turns(Clockwork):
    """Decides for one call. `handle` is its only door."""

    def __init__(self, brief: CallBrief) -> None:
        super().__init__()
        self._role = brief.role
        self._timers.set("talk_over", LONGEST_TALK_S - brief.offset_s)
        self._hearing = Hearing()
        self._listening = Listening(self._hearing, self._timers)
        self._transcript = Transcript(brief.earlier, brief.first_position)
        self._callee_turns = CalleeTurns(self._hearing, self._transcript, self._do)
        self._replies = Replies(self._transcript, self._timers, self._do)
        self._opening = Opening(brief, self._replies, self._timers)
        self._answering = Answering(self._replies, self._timers)
        self._closing = Closing(brief.role, self._transcript, self._replies, self._timers, self._do)
        self._interruptions = Interruptions(self._replies)
        self._silence = Silence(self._replies, self._closing, self._timers)
        self._deaf = False
        self._conversing = False
        self._leaving = False
        self._cut_off = False

    @property
    def awaits_words(self) -> bool:
        """The line is gone, and what was said last on it may yet be understood better."""
        return self._cut_off and not self._deaf and self._hearing.awaits_final

    def _minds(self, event: Event) -> bool:
        if self._over:
            return self.awaits_words and isinstance(event, WordsHeard)
        return not (self._deaf and isinstance(event, _SPEECH))

    # --- The opening ------------------------------------------------------------------------------

    def _stream_started(self, _: StreamStarted) -> None:
        if self._opening.waiting:
            self._opening.begin(self._now)
        elif not self._parts():
            if note := self._opening.resume(self._transcript.turns(), self._now):
                self._generate_and_release(note)

    def _introduce(self) -> None:
        if self._opening.waiting:
            self._callee_turns.end()
            self._opening.introduce(self._hearing.paused_s or self._now)

    def _machine_detected(self, event: MachineDetected) -> None:
        """Leave a message. The verdict is wrong at times: not in the middle of a conversation."""
        if not is_ready_for_message(event.answered_by) or self._conversing or self._closing.finish:
            return
        self._listen_no_more()
        if message := self._role.voicemail_message:
            self._opening.leave_message(message, self._now)
            self._closing.conclude(Outcome.VOICEMAIL_LEFT)
        else:
            self._closing.conclude(Outcome.NO_ANSWER)
            self._hang_up()

    # --- Listening --------------------------------------------------------------------------------

    def _speech_started(self, event: SpeechStarted) -> None:
        self._listening.sound_started(event.at_s, self._now)

    def _speech_paused(self, event: SpeechPaused) -> None:
        self._hearing.sound_paused(event.at_s)
        self._await_end_of_turn()

    def _words_heard(self, event: WordsHeard) -> None:
        change = self._listening.words(event, self._now)
        if change is Change.EARLIER_TURN:
            self._callee_turns.correct()
        elif change is Change.NEW_WORDS and self._over:
            self._callee_turns.end()
        elif change is Change.NEW_WORDS:
            self._answering.words_changed(self._hearing.text)
            if self._is_interrupted():
                self._interruptions.cut(self._now)
                self._answering.forget()
            if not self._hearing.speaking:
                self._await_end_of_turn()

    def _words_stopped(self) -> None:
        """What still sounds like speech is noise: no word has come for long."""
        noisy = self._listening.words_stopped(self._now)
        if noisy and not is_machine(self._hearing.text):
            self._introduce()
        if (self._hearing.text or self._interruptions.pending) and not self._opening.waiting:
            self._turn_over()
        elif noisy:
            self._await_end_of_turn()

    def _await_end_of_turn(self) -> None:
        """Prepare for the turn to end with this pause."""
        hearing = self._hearing
        if self._opening.waiting:
            self._opening.greeting_paused(hearing)
        elif self._interruptions.was_nothing(hearing.text):
            self._timers.set("turn_over", self._now + RESUME_AFTER_S)
        elif hearing.text:
            delay_s = self._listening.delay_s
            self._answering.prepare(hearing.text, hearing.paused_s, delay_s, self._now)
            self._timers.set("turn_over", self._listening.over_at_s)
        else:
            self._floyd_is_quiet()

    def _is_interrupted(self) -> bool:
        """Say whether the callee's words stop what is heard of Floyd, or is about to be."""
        if self._opening.just_begun or is_back_channel(self._hearing.text):
            return False
        return self._replies.playing or self._answering.under_way or self._opening.about_to_sound

    def _listen_no_more(self) -> None:
        """Break off whatever goes on: Floyd has a last word to say, and takes no answer to it."""
        self._deaf = True
        self._replies.silence(self._now)
        self._answering.forget()
        self._answering.drop_draft()
        self._timers.clear()
        self._opening.end()
        self._hearing.sound_paused(self._now)
        self._callee_turns.end()

    # --- The end of the callee's turn -------------------------------------------------------------

    def _turn_over(self) -> None:
        if not self._hearing.speaking and self._interruptions.was_nothing(self._hearing.text):
            self._go_on()
        elif not self._hearing.speaking and self._hearing.text:
            self._react()

    def _react(self) -> None:
        """The callee has said something: a nod, a last word, or what is to be answered."""
        self._interruptions.settle()
        self._silence.ends()
        text = self._callee_turns.end()
        if self._replies.playing or self._answering.under_way:
            self._answering.drop_draft()
            self._interruptions.nod(self._hearing.paused_s)
        elif self._closing.finish and is_farewell(text):
            self._answering.drop_draft()
            self._hang_up()
        else:
            self._closing.reopen()
            self._conversing = True
            self._release(self._answering.take(text, self._hearing.paused_s, self._now))

    def _go_on(self) -> None:
        """Nothing has cut Floyd off: say what was left unsaid."""
        self._answering.drop_draft()
        if self._hearing.text:
            self._callee_turns.end()
        cut = self._interruptions.settle()
        if not self._opening.disclosed and all(reply.scripted for reply in cut):
            self._opening.introduce(self._now)
        elif not self._opening.disclosed or not self._interruptions.resume(cut, self._now):
            self._generate_and_release(ONLY_A_NOISE)

    # --- Floyd's answer ---------------------------------------------------------------------------

    def _generate_and_release(self, note: str | None = None) -> None:
        self._release(self._replies.generate("", self._now, note))

    def _release(self, reply: Reply) -> None:
        if self._parts():
            self._replies.drop(reply)
            return
        self._timers.cancel("reprompt")
        self._opening.introduce_before_answer(self._now)
        self._answering.release(reply, self._now)
        self._use_tool(reply)

    def _reply_progressed(self, event: Progress) -> None:
        reply = self._replies.progress(event, self._now)
        if reply and self._answering.is_answer(reply):
            self._answering.goes_on(self._now)

    def _clause_misread(self, event: ClauseMisread) -> None:
        self._replies.misread(event, self._now)
        self._opening.cut_off_by(self._replies.get(event.reply), self._now)

    def _tool_called(self, event: ToolCalled) -> None:
        reply = self._replies.get(event.reply)
        if reply and reply.tool is None:
            reply.tool = event
            self._use_tool(reply)

    def _reply_written(self, event: ReplyWritten) -> None:
        reply = self._replies.get(event.reply)
        if reply is None:
            return
        reply.written = True
        if not reply.clauses and reply.tool is None:
            self._reply_failed(ReplyFailed(event.reply))
        elif self._answering.is_answer(reply):
            self._answering.goes_on(self._now)
            if not reply.clauses:
                self._floyd_is_quiet()

    def _reply_failed(self, event: ReplyFailed) -> None:
        reply = self._replies.get(event.reply)
        if reply is None:
            return
        if self._answering.is_draft(reply):
            self._answering.drop_draft()
        elif self._answering.is_answer(reply):
            self._try_again()
        elif self._opening.is_introduction(reply) or (
            reply.scripted and not self._answering.under_way
        ):
            self._listen_no_more()
            self._closing.fail()
            self._hang_up()
        else:
            self._replies.drop(reply)

    def _voiceless(self) -> None:
        """The voice makes no sound of words that are ours: as bad as one that fails."""
        if reply := self._replies.unvoiced:
            self._reply_failed(ReplyFailed(reply.number))

    def _try_again(self) -> None:
        """One more reply after a failed one; after that a polite end."""
        self._answering.fail()
        if self._answering.failures == 1:
            self._generate_and_release()
        else:
            self._closing.say_goodbye(phrases.TROUBLE, Outcome.FAILED, self._now)

    # --- What the callee hears of them ------------------------------------------------------------

    def _mark_reached(self, event: MarkReached) -> None:
        self._replies.mark_reached(event.mark, self._now)
        self._opening.note_heard()
        if self._leaving:
            self._leave()
        elif not self._replies.playing:
            self._floyd_is_quiet()

    def _floyd_is_quiet(self) -> None:
        """Nobody speaks: wait for the callee, or for their last word."""
        if self._answering.under_way or self._replies.playing or not self._listening.quiet:
            return
        if self._interruptions.pending:
            self._timers.set("turn_over", self._now + RESUME_AFTER_S)
        elif self._closing.finish:
            self._closing.await_last_word(self._now, listening=not self._deaf)
        elif self._interruptions.take_nod(self._now):
            self._generate_and_release()
        elif not self._opening.waiting:
            self._silence.falls(self._now)

    def _reprompt(self) -> None:
        if not self._parts():
            self._silence.ask(self._now)

    # --- The closing ------------------------------------------------------------------------------

    def _use_tool(self, reply: Reply) -> None:
        """Carry out the tool of a released reply; never that of a draft."""
        if reply.tool is None or not reply.released:
            return
        refusal = self._closing.carry_out(reply.tool)
        if refusal and self._answering.failures == 0:
            self._answering.failures += 1
            note = f"Your tool call was not carried out: {refusal}. Only mend the call."
            self._generate_and_release(note=note)
        elif refusal:
            self._closing.conclude(Outcome.PARTLY)

    def _taken_up(self, event: TakenUp) -> None:
        """Go on as the errand's caller, or as nobody's; a reply from before knows too little."""
        note = self._closing.be_taken_up(event)
        self._answering.drop_draft()
        if not self._deaf and not self._hearing.text:
            self._generate_and_release(note)

    def _parts(self) -> bool:
        """End a talk of two assistants once it has lasted long enough; nobody else would."""
        if not self._closing.is_due:
            return False
        self._listen_no_more()
        self._closing.part(self._now)
        return True

    def _hang_up(self) -> None:
        if self._closing.finish and not self._over:
            self._closing.write_down()
            self._do(HangUp())
            self._over = True

    def _break_off(self, last_words: str) -> None:
        self._listen_no_more()
        self._closing.say_goodbye(last_words, Outcome.CUT_OFF, self._now)

    def _hand_over_asked(self, _: HandOverAsked) -> None:
        self._leaving = True
        if not self._replies.playing:
            self._leave()

    def _leave(self) -> None:
        self._replies.silence(self._now)
        self._write_down_the_rest()
        self._do(LeaveStream())

    def _stream_ended(self, _: StreamEnded) -> None:
        self._cut_off = True
        self._replies.cut(self._now)
        self._write_down_the_rest()

    def _write_down_the_rest(self) -> None:
        if self._hearing.text:
            self._callee_turns.end()
        self._closing.write_down()
        self._over = True


Turns.HANDLERS = {
    **dict.fromkeys(get_args(Progress), Turns._reply_progressed),
    StreamStarted: Turns._stream_started,
    SpeechStarted: Turns._speech_started,
    SpeechPaused: Turns._speech_paused,
    WordsHeard: Turns._words_heard,
    ListeningFailed: lambda turns, _: turns._break_off(phrases.TROUBLE),
    ClauseMisread: Turns._clause_misread,
    ToolCalled: Turns._tool_called,
    ReplyWritten: Turns._reply_written,
    ReplyFailed: Turns._reply_failed,
    MarkReached: Turns._mark_reached,
    MachineDetected: Turns._machine_detected,
    TakenUp: Turns._taken_up,
    HandOverAsked: Turns._hand_over_asked,
    StreamEnded: Turns._stream_ended,
}

Turns.ALARMS = {
    "introduce": Turns._introduce,
    "greeting_over": Turns._introduce,
    "words_stopped": Turns._words_stopped,
    "turn_over": Turns._turn_over,
    "draft": lambda turns: turns._answering.draft(turns._hearing.text, turns._hearing.paused_s),
    "filler": lambda turns: turns._answering.fill(turns._now),
    "give_up": Turns._try_again,
    "voiceless": Turns._voiceless,
    "reprompt": Turns._reprompt,
    "hang_up": Turns._hang_up,
    "goodbye_over": Turns._hang_up,
    "talk_over": lambda turns: turns._break_off(phrases.OUT_OF_TIME),
}
