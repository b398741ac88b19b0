"""The core of a call: what happens and when goes in, what to do comes out; it never waits.

A call has three parts. The opening (a room of its own): the callee's first words, then the
introduction and the purpose. The conversation: the callee's turn is listened to, answered ahead of
its end, and the answer released when the turn is over. The closing: the goodbye is heard, a last
word let pass, the line hung up.
"""

from typing import Any

from floyd.calls import phrases, tools
from floyd.calls.answering import Answering
from floyd.calls.brief import CallBrief
from floyd.calls.courtesy import is_back_channel, is_farewell
from floyd.calls.endpointing import endpointing_delay_s
from floyd.calls.hearing import Change, HeardTurn, Hearing
from floyd.calls.opening import Opening, is_ready_for_message
from floyd.calls.replies import Progress, Replies, Reply
from floyd.calls.timers import Timers
from floyd.calls.transcript import Transcript
from floyd.calls.vocabulary import (
    ClauseMisread,
    ClauseSent,
    ClauseWritten,
    Command,
    Event,
    HandOverAsked,
    HangUp,
    LeaveStream,
    ListeningFailed,
    MachineDetected,
    MarkReached,
    RecordFinish,
    RecordUtterance,
    ReplyBegun,
    ReplyFailed,
    ReplyWritten,
    SoundReady,
    SoundSent,
    SpeechPaused,
    SpeechStarted,
    StreamEnded,
    StreamStarted,
    TimePassed,
    ToolCalled,
    WakeAt,
    WordsHeard,
)
from floyd.prompts.schemas import Outcome

REPROMPT_AFTER_S = 8.0
REPROMPTS = 2
LAST_WORD_S = 1.5
# However noisy the line: sound without a new word for so long is no speech.
WORDS_STOPPED_S = 3.0
LONGEST_GOODBYE_S = 12.0


class Turns:
    """Decides for one call. `handle` is its only door."""

    def __init__(self, brief: CallBrief) -> None:
        self._brief = brief
        self._now = 0.0
        self._commands: list[Command] = []
        self._timers = Timers()
        self._wake_s: float | None = None
        self._hearing = Hearing()
        self._transcript = Transcript(brief.earlier, brief.first_position)
        self._replies = Replies(self._transcript, self._do)
        self._opening = Opening(brief, self._replies, self._timers)
        self._answering = Answering(self._replies, self._timers)
        self._machine = False
        self._reprompts = 0
        self._taken: tuple[int, HeardTurn] | None = None
        self._conversing = False
        self._finish: dict[str, Any] | None = None
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
            self._opening.await_greeting(self._now)
        else:
            self._resume()

    def _introduce(self) -> None:
        if self._opening.waiting:
            self._end_callee_turn()
            self._opening.introduce(self._hearing.paused_s or self._now)

    def _machine_detected(self, event: MachineDetected) -> None:
        """Leave a message. The verdict is wrong at times: not in the middle of a conversation."""
        if not is_ready_for_message(event.answered_by) or self._conversing or self._finish:
            return
        self._machine = True
        self._listen_no_more()
        if not self._brief.voicemail_message:
            self._finish = tools.conclusion(Outcome.NO_ANSWER)
            self._hang_up()
            return
        self._opening.leave_message(self._brief.voicemail_message, self._now)
        self._finish = tools.conclusion(Outcome.VOICEMAIL_LEFT)

    def _resume(self) -> None:
        """Take up a call whose line was lost: apologise, then say what was left unsaid."""
        self._say(phrases.LINE_WAS_LOST)
        last = self._transcript.turns()[-1:]
        if not self._opening.disclosed:
            self._opening.introduce(self._now)
        elif last and last[0].speaker == "floyd" and not last[0].text.endswith("—"):
            self._say(phrases.SAY_AGAIN)
        else:
            note = "The line was lost and is back; you have just apologised for it. Go on."
            self._generate_and_release(note=note)

    # --- Listening --------------------------------------------------------------------------------

    def _speech_started(self, event: SpeechStarted) -> None:
        if self._machine:
            return
        self._hearing.sound_started(event.at_s)
        self._timers.cancel("introduce", "turn_over", "reprompt", "hang_up")
        if not self._timers.is_set("words_stopped"):
            self._timers.set("words_stopped", self._now + WORDS_STOPPED_S)

    def _speech_paused(self, event: SpeechPaused) -> None:
        self._hearing.sound_paused(event.at_s)
        if not self._machine:
            self._await_end_of_turn()

    def _words_heard(self, event: WordsHeard) -> None:
        if self._machine:
            return
        change = self._hearing.words(event.text, event.is_final)
        if change is Change.EARLIER_TURN:
            self._revise_taken_turn()
        elif change is Change.NEW_WORDS:
            self._timers.cancel("reprompt")
            self._timers.set("words_stopped", self._now + WORDS_STOPPED_S)
            if self._is_answering() and not is_back_channel(self._hearing.text):
                self._barge_in()
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
            self._answering.prepare(hearing.text, hearing.paused_s)
            self._timers.set("turn_over", hearing.paused_s + endpointing_delay_s(hearing.text))
        else:
            self._floyd_is_quiet()

    def _is_answering(self) -> bool:
        """Floyd is being heard, or is about to be: the turn was thought to be over and was not."""
        return self._replies.playing or self._answering.about_to_sound

    def _barge_in(self) -> None:
        if not self._opening.just_begun:
            self._be_silent()

    def _be_silent(self) -> None:
        self._replies.silence(self._now)
        self._answering.forget()

    def _listen_no_more(self) -> None:
        """Break off whatever goes on: only what Floyd says of its own accord comes after it."""
        self._be_silent()
        self._answering.drop_draft()
        self._timers.clear()
        self._opening.end()
        self._end_callee_turn()

    # --- The end of the callee's turn -------------------------------------------------------------

    def _turn_over(self) -> None:
        if self._hearing.speaking or not self._hearing.text:
            return
        back_channel = self._replies.playing
        text = self._end_callee_turn()
        if back_channel:
            self._answering.drop_draft()
        elif self._finish and is_farewell(text):
            self._answering.drop_draft()
            self._hang_up()
        else:
            self._finish = None
            self._reprompts = 0
            self._conversing = True
            self._release(self._answering.take(text, self._hearing.paused_s, self._now))

    def _end_callee_turn(self) -> str:
        """Take the callee's words as said, and write them down; they may be corrected later."""
        turn = self._hearing.take()
        position = self._transcript.add("callee", turn.text)
        self._taken = position, turn
        if turn.text:
            self._record_callee(position, turn, turn.text)
        return turn.text

    def _revise_taken_turn(self) -> None:
        if self._taken:
            position, turn = self._taken
            self._transcript.replace(position, self._hearing.taken_text)
            self._record_callee(position, turn, self._hearing.taken_text)

    def _record_callee(self, position: int, turn: HeardTurn, text: str) -> None:
        self._do(RecordUtterance(position, "callee", text, None, turn.started_s, turn.ended_s))

    # --- Floyd's answer ---------------------------------------------------------------------------

    def _generate_and_release(self, note: str | None = None) -> None:
        self._release(self._replies.generate("", self._now, note))

    def _release(self, reply: Reply) -> None:
        self._opening.introduce_before_answer(self._now)
        self._answering.release(reply, self._now)
        self._use_tool(reply)

    def _say(self, text: str) -> None:
        self._replies.say(text, self._now)

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
            self._finish = self._finish or tools.conclusion(Outcome.FAILED)
            self._hang_up()

    def _try_again(self) -> None:
        """One more reply after a failed one; after that a polite end."""
        self._answering.fail()
        if self._answering.failures == 1:
            self._generate_and_release()
        else:
            self._end_call(phrases.TROUBLE, Outcome.FAILED)

    def _fill(self) -> None:
        self._answering.fill(self._now)

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
        if self._finish:
            self._timers.set("hang_up", self._now + LAST_WORD_S)
        elif not self._opening.waiting:
            self._timers.set("reprompt", self._now + REPROMPT_AFTER_S)

    def _reprompt(self) -> None:
        if self._reprompts == REPROMPTS:
            self._end_call(phrases.NOBODY_THERE, Outcome.CUT_OFF)
        else:
            self._reprompts += 1
            self._say(phrases.STILL_THERE)

    # --- The closing ------------------------------------------------------------------------------

    def _use_tool(self, reply: Reply) -> None:
        """Carry out the tool of a released reply; never that of a draft."""
        if reply.tool is None or not reply.released:
            return
        verdict = tools.check(reply.tool, self._transcript.said_by("callee"))
        if not isinstance(verdict, tools.Refused):
            self._finish = verdict
        elif self._answering.failures == 0:
            self._answering.failures += 1
            note = f"Your tool call was not carried out: {verdict.reason}. Only mend the call."
            self._generate_and_release(note=note)
        else:
            self._finish = tools.conclusion(Outcome.PARTLY)

    def _end_call(self, last_words: str, outcome: Outcome) -> None:
        """Say goodbye for a reason of our own."""
        self._say(last_words)
        self._finish = tools.conclusion(outcome)
        self._timers.set("goodbye_over", self._now + LONGEST_GOODBYE_S)

    def _hang_up(self) -> None:
        if self._finish and not self._over:
            self._do(RecordFinish(self._finish))
            self._do(HangUp())
            self._over = True

    def _listening_failed(self, _: ListeningFailed) -> None:
        self._listen_no_more()
        self._end_call(phrases.TROUBLE, Outcome.CUT_OFF)

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
            self._end_callee_turn()
        if self._finish:
            self._do(RecordFinish(self._finish))
        self._over = True

    def _time_passed(self, _: TimePassed) -> None:
        """Due timers fire after every event; this one only makes time pass."""
        self._wake_s = None

    def _do(self, command: Command) -> None:
        self._commands.append(command)


_HANDLERS: dict[type, Any] = {
    StreamStarted: Turns._stream_started,
    SpeechStarted: Turns._speech_started,
    SpeechPaused: Turns._speech_paused,
    WordsHeard: Turns._words_heard,
    ListeningFailed: Turns._listening_failed,
    ReplyBegun: Turns._reply_progressed,
    ClauseWritten: Turns._reply_progressed,
    SoundReady: Turns._reply_progressed,
    SoundSent: Turns._reply_progressed,
    ClauseSent: Turns._reply_progressed,
    ClauseMisread: Turns._clause_misread,
    ToolCalled: Turns._tool_called,
    ReplyWritten: Turns._reply_written,
    ReplyFailed: Turns._reply_failed,
    MarkReached: Turns._mark_reached,
    MachineDetected: Turns._machine_detected,
    TimePassed: Turns._time_passed,
    HandOverAsked: Turns._hand_over_asked,
    StreamEnded: Turns._stream_ended,
}

_TIMERS: dict[str, Any] = {
    "introduce": Turns._introduce,
    "greeting_over": Turns._introduce,
    "words_stopped": Turns._words_stopped,
    "turn_over": Turns._turn_over,
    "filler": Turns._fill,
    "give_up": Turns._try_again,
    "reprompt": Turns._reprompt,
    "hang_up": Turns._hang_up,
    "goodbye_over": Turns._hang_up,
}
