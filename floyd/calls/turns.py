"""The core of a call: what happens and when goes in, what to do comes out; it never waits.

A call has three parts. The opening: the callee's first words, then the introduction and the
purpose. The conversation, which is told here: the callee's turn is listened to, answered ahead of
its end, and the answer released when the turn is over. The closing: the goodbye is heard, a last
word let pass, the line hung up.
"""

from typing import Any, get_args

from floyd.calls import phrases
from floyd.calls.answering import Answering
from floyd.calls.brief import CallBrief
from floyd.calls.callee_turns import CalleeTurns
from floyd.calls.closing import Closing
from floyd.calls.courtesy import is_back_channel, is_farewell
from floyd.calls.endpointing import Endpointing
from floyd.calls.hearing import Change, Hearing
from floyd.calls.opening import Opening, is_ready_for_message
from floyd.calls.replies import Progress, Replies, Reply
from floyd.calls.timers import Timers
from floyd.calls.transcript import Transcript
from floyd.calls.vocabulary import (
    ClauseMisread,
    Command,
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
    TimePassed,
    ToolCalled,
    WakeAt,
    WordsHeard,
)
from floyd.prompts.schemas import Outcome

REPROMPT_AFTER_S = 8.0
REPROMPTS = 2
LONGEST_TALK_S = 20 * 60
# However noisy the line: sound without a new word for so long is no speech.
WORDS_STOPPED_S = 3.0
# Sound after so long a silence is not the noise of before.
QUIET_S = 1.0

_SPEECH = (SpeechStarted, SpeechPaused, WordsHeard)


class Turns:
    """Decides for one call. `handle` is its only door."""

    def __init__(self, brief: CallBrief) -> None:
        self._role = brief.role
        self._now = 0.0
        self._commands: list[Command] = []
        self._timers = Timers()
        self._timers.set("talk_over", LONGEST_TALK_S - brief.offset_s)
        self._wake_s: float | None = None
        self._hearing = Hearing()
        self._endpointing = Endpointing()
        self._transcript = Transcript(brief.earlier, brief.first_position)
        self._callee_turns = CalleeTurns(self._hearing, self._transcript, self._do)
        self._replies = Replies(self._transcript, self._do)
        self._opening = Opening(brief, self._replies, self._timers)
        self._answering = Answering(self._replies, self._timers)
        self._closing = Closing(brief.role, self._transcript, self._replies, self._timers, self._do)
        self._deaf = False
        self._reprompts = 0
        self._conversing = False
        self._leaving = False
        self._over = False

    def handle(self, event: Event, now_s: float) -> list[Command]:
        """Return what to do about an event.

        Args:
            event: what happened.
            now_s: seconds since the media stream began; never less than before.
        """
        self._now = max(now_s, self._now)
        self._commands = []
        if not self._over:
            if not (self._deaf and isinstance(event, _SPEECH)):
                _HANDLERS[type(event)](self, event)
            while not self._over and (name := self._timers.due(self._now)):
                _TIMERS[name](self)
        if not self._over and self._timers.next_s not in (None, self._wake_s):
            self._wake_s = self._timers.next_s
            self._do(WakeAt(self._wake_s))
        return self._commands

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
        after_quiet = event.at_s - self._hearing.paused_s > QUIET_S
        self._hearing.sound_started(event.at_s)
        self._timers.cancel("introduce", "turn_over", "draft", "reprompt", "hang_up")
        if after_quiet or not self._timers.is_set("words_stopped"):
            self._timers.set("words_stopped", self._now + WORDS_STOPPED_S)

    def _speech_paused(self, event: SpeechPaused) -> None:
        self._hearing.sound_paused(event.at_s)
        self._await_end_of_turn()

    def _words_heard(self, event: WordsHeard) -> None:
        change = self._hearing.words(event.text, event.is_final)
        if change is Change.EARLIER_TURN:
            self._callee_turns.correct()
        elif change is Change.NEW_WORDS:
            self._timers.cancel("reprompt")
            self._timers.set("words_stopped", self._now + WORDS_STOPPED_S)
            self._endpointing.went_on_after(self._hearing.take_pause())
            self._answering.words_changed(self._hearing.text)
            if self._is_interrupted():
                self._be_silent()
            if not self._hearing.speaking:
                self._await_end_of_turn()

    def _words_stopped(self) -> None:
        """What still sounds like speech is noise: no word has come for long."""
        noisy = self._hearing.speaking
        if noisy:
            self._hearing.sound_paused(self._now)
        if self._hearing.text and not self._opening.waiting:
            self._turn_over()
        elif noisy:
            self._await_end_of_turn()

    def _await_end_of_turn(self) -> None:
        """Prepare for the turn to end with this pause."""
        hearing = self._hearing
        if self._opening.waiting:
            self._opening.greeting_paused(hearing)
        elif hearing.text:
            delay_s = self._endpointing.delay_s(hearing.text, is_final=hearing.is_final)
            self._answering.prepare(hearing.text, hearing.paused_s, delay_s, self._now)
            self._timers.set("turn_over", hearing.paused_s + delay_s)
        else:
            self._floyd_is_quiet()

    def _draft(self) -> None:
        self._answering.draft(self._hearing.text, self._hearing.paused_s)

    def _is_interrupted(self) -> bool:
        """Say whether the callee's words stop what is heard of Floyd, or is about to be."""
        about_to_sound = self._answering.about_to_sound or self._opening.about_to_sound
        speaks = self._replies.playing or about_to_sound
        return speaks and not self._opening.just_begun and not is_back_channel(self._hearing.text)

    def _be_silent(self) -> None:
        self._replies.silence(self._now)
        self._answering.forget()

    def _listen_no_more(self) -> None:
        """Break off whatever goes on: Floyd has a last word to say, and takes no answer to it."""
        self._deaf = True
        self._be_silent()
        self._answering.drop_draft()
        self._timers.clear()
        self._opening.end()
        self._hearing.sound_paused(self._now)
        self._callee_turns.end()

    # --- The end of the callee's turn -------------------------------------------------------------

    def _turn_over(self) -> None:
        if self._hearing.speaking or not self._hearing.text:
            return
        back_channel = self._replies.playing
        text = self._callee_turns.end()
        if back_channel:
            self._answering.drop_draft()
        elif self._closing.finish and is_farewell(text):
            self._answering.drop_draft()
            self._hang_up()
        else:
            self._closing.reopen()
            self._reprompts = 0
            self._conversing = True
            self._release(self._answering.take(text, self._hearing.paused_s, self._now))

    # --- Floyd's answer ---------------------------------------------------------------------------

    def _generate_and_release(self, note: str | None = None) -> None:
        self._release(self._replies.generate("", self._now, note))

    def _release(self, reply: Reply) -> None:
        if self._parts():
            self._replies.drop(reply)
            return
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
            self._be_silent()
            self._closing.fail()
            self._hang_up()

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
        if self._hearing.speaking or self._hearing.text:
            return
        if self._answering.under_way or self._replies.playing:
            return
        if self._closing.finish:
            self._closing.await_last_word(self._now, listening=not self._deaf)
        elif not self._opening.waiting:
            self._timers.set("reprompt", self._now + REPROMPT_AFTER_S)

    def _reprompt(self) -> None:
        if self._reprompts == REPROMPTS:
            self._closing.say_goodbye(phrases.NOBODY_THERE, Outcome.CUT_OFF, self._now)
        elif not self._parts():
            self._reprompts += 1
            self._replies.say(phrases.STILL_THERE, self._now)

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

    def _listening_failed(self, _: ListeningFailed) -> None:
        self._listen_no_more()
        self._closing.say_goodbye(phrases.TROUBLE, Outcome.CUT_OFF, self._now)

    def _talk_over(self) -> None:
        self._listen_no_more()
        self._closing.say_goodbye(phrases.OUT_OF_TIME, Outcome.CUT_OFF, self._now)

    def _hand_over_asked(self, _: HandOverAsked) -> None:
        self._leaving = True
        if not self._replies.playing:
            self._leave()

    def _leave(self) -> None:
        self._replies.silence(self._now)
        self._write_down_the_rest()
        self._do(LeaveStream())

    def _stream_ended(self, _: StreamEnded) -> None:
        self._replies.cut(self._now)
        self._write_down_the_rest()

    def _write_down_the_rest(self) -> None:
        if self._hearing.text:
            self._callee_turns.end()
        self._closing.write_down()
        self._over = True

    def _time_passed(self, _: TimePassed) -> None:
        """Due timers fire after every event; this one only makes time pass."""
        self._wake_s = None

    def _do(self, command: Command) -> None:
        self._commands.append(command)


_HANDLERS: dict[type, Any] = {
    **dict.fromkeys(get_args(Progress), Turns._reply_progressed),
    StreamStarted: Turns._stream_started,
    SpeechStarted: Turns._speech_started,
    SpeechPaused: Turns._speech_paused,
    WordsHeard: Turns._words_heard,
    ListeningFailed: Turns._listening_failed,
    ClauseMisread: Turns._clause_misread,
    ToolCalled: Turns._tool_called,
    ReplyWritten: Turns._reply_written,
    ReplyFailed: Turns._reply_failed,
    MarkReached: Turns._mark_reached,
    MachineDetected: Turns._machine_detected,
    TakenUp: Turns._taken_up,
    TimePassed: Turns._time_passed,
    HandOverAsked: Turns._hand_over_asked,
    StreamEnded: Turns._stream_ended,
}

_TIMERS: dict[str, Any] = {
    "introduce": Turns._introduce,
    "greeting_over": Turns._introduce,
    "words_stopped": Turns._words_stopped,
    "turn_over": Turns._turn_over,
    "draft": Turns._draft,
    "filler": lambda turns: turns._answering.fill(turns._now),
    "give_up": Turns._try_again,
    "reprompt": Turns._reprompt,
    "hang_up": Turns._hang_up,
    "goodbye_over": Turns._hang_up,
    "talk_over": Turns._talk_over,
}
