"""Which streams carry a call's audio, and which of their results count."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from floyd.services.transcriber.protocol import Transcript
from floyd.services.transcriber.relay import Relay, Result, StreamLife
from floyd.services.transcriber.tape import BYTES_PER_S, Tape

SOUND, SILENCE = b"\x10", b"\xff"
LIFE = StreamLife()


@dataclass
class Call:
    """A call of which every stream is sent all it can get."""

    relay: Relay = field(default_factory=lambda: Relay(LIFE))
    now: float = 0.0
    said: list[Transcript] = field(default_factory=list)
    sent: dict[int, bytearray] = field(default_factory=dict)
    connected: set[int] = field(default_factory=set)

    def passes(
        self, seconds: float, sound: bytes = SILENCE, *, unsent: bool = False, step_s: float = 0.1
    ) -> "Call":
        """Time passes, with sound or without; `unsent`: no stream takes it."""
        for _ in range(round(seconds / step_s)):
            self.now += step_s
            self.relay.hear(sound * round(BYTES_PER_S * step_s))
            self.relay.pass_time(self.now)
            if not unsent:
                self.send()
        return self

    def send(self) -> None:
        for number in self.relay.streams:
            while batch := self.relay.next_batch(number, self.now):
                self.sent.setdefault(number, bytearray()).extend(batch)

    def position(self, stream: int) -> float:
        """How far a stream has come in its own time."""
        return len(self.sent[stream]) / BYTES_PER_S

    def connects(self) -> "Call":
        for number in self.relay.streams - self.connected:
            self.relay.connected(number, self.now)
        self.connected |= self.relay.streams
        return self

    def hears(self, text: str, end_s: float, stream: int = 1, *, final: bool = False) -> "Call":
        self.said += self.relay.heard(stream, Result(text, end_s, final), self.now)
        return self

    def breaks(self, stream: int = 1) -> "Call":
        self.relay.ended(stream, self.now)
        self.relay.pass_time(self.now)
        return self

    @property
    def finals(self) -> list[str]:
        return [transcript.text for transcript in self.said if transcript.is_final]


def begun() -> Call:
    return Call().passes(0.1).connects()


def in_need_of_relief() -> Call:
    """A call whose stream has served its time, in a pause."""
    return begun().passes(LIFE.in_pause_s)


def test_all_audio_is_sent_to_the_first_stream() -> None:
    call = begun().passes(1, SOUND)
    assert call.relay.streams == {1}
    assert call.sent[1].endswith(SOUND * BYTES_PER_S)


def test_a_stream_is_relieved_in_a_pause() -> None:
    call = begun().passes(LIFE.in_pause_s - 5)
    assert call.relay.streams == {1}
    call.passes(3, SOUND).hears("so", LIFE.in_pause_s - 3).passes(4, SOUND)
    assert call.relay.streams == {1}
    call.hears("so be it", LIFE.in_pause_s + 1, final=True).passes(0.5)
    assert call.relay.streams == {1, 2}


def test_a_stream_is_relieved_in_the_middle_of_speech_when_it_must() -> None:
    call = begun().passes(LIFE.in_pause_s - 1)
    while call.now < LIFE.at_most_s:
        assert call.relay.streams == {1}
        call.hears("on and on", call.now).passes(1, SOUND)
    assert call.relay.streams == {1, 2}


def test_both_streams_hear_the_overlap_until_the_new_one_has_heard_as_much() -> None:
    call = in_need_of_relief()
    assert call.relay.streams == {1, 2}
    call.connects().passes(1, SOUND)
    assert call.sent[2].endswith(SOUND * BYTES_PER_S)
    at = call.now
    call.hears("yes", at).hears("y", 0.2, stream=2)
    assert call.relay.streams == {1, 2}
    call.hears("yes", 1.7, stream=2)
    assert call.relay.streams == {2}
    call.hears("yes please", at + 1).hears("yes please", 2.5, stream=2, final=True)
    assert [each.text for each in call.said] == ["yes", "yes", "yes please"]


def test_in_silence_a_new_stream_takes_over_once_it_has_lasted() -> None:
    call = in_need_of_relief().connects().passes(1)
    assert call.relay.streams == {1, 2}
    assert call.passes(2).relay.streams == {2}


def test_an_utterance_that_the_old_stream_ends_is_not_heard_again() -> None:
    call = in_need_of_relief().passes(1, SOUND)
    call.hears("yes", call.now, final=True).passes(0.1)
    assert call.relay.streams == {1, 3}
    call.hears("yes", 1.5, stream=2, final=True)
    assert call.finals == ["yes"]


def test_a_relief_that_fails_costs_nothing_and_is_tried_again() -> None:
    call = in_need_of_relief().breaks(2)
    assert call.relay.streams == {1}
    assert call.passes(6).relay.streams == {1, 3}
    assert not call.relay.given_up


def test_a_broken_stream_is_followed_by_one_that_hears_the_utterance_from_its_beginning() -> None:
    call = begun().passes(10).passes(2, SOUND).hears("her name", 11.5).breaks()
    call.passes(2)
    assert call.sent[2].count(SOUND) == 2 * BYTES_PER_S


def test_what_is_final_is_not_heard_again() -> None:
    call = begun().passes(10).passes(2, SOUND).hears("hello", 12.1, final=True)
    call.passes(0.5).passes(1, SOUND).breaks().passes(2)
    assert call.sent[2].count(SOUND) == BYTES_PER_S


def test_sound_that_a_dead_stream_did_not_hear_is_heard_by_the_next() -> None:
    call = begun().passes(30).passes(8, SOUND).passes(4).breaks().passes(8)
    assert call.sent[2].count(SOUND) == 8 * BYTES_PER_S


def test_silence_is_not_sent_again() -> None:
    call = begun().passes(60).breaks().passes(0.1)
    assert len(call.sent[2]) < BYTES_PER_S


def test_words_known_already_are_not_told_again_in_pieces() -> None:
    call = begun().passes(5).passes(3, SOUND).hears("her name is Mara", 8).breaks()
    call.passes(1).hears("her", 1.5, stream=2).hears("her name is Mara Berg", 4, stream=2)
    assert [each.text for each in call.said] == ["her name is Mara", "her name is Mara Berg"]


def test_a_backlog_is_sent_faster_than_real_time_but_not_at_once() -> None:
    call = begun().passes(12, SOUND, unsent=True).breaks()
    call.connects().passes(0.1, SOUND)
    assert len(call.sent[2]) < 3 * BYTES_PER_S
    call.passes(7, SOUND)
    assert len(call.sent[2]) > 18 * BYTES_PER_S


def test_speech_without_end_is_divided_behind_a_word() -> None:
    call = begun()
    words: list[str] = []
    while call.now < LIFE.at_most_s + 1:
        call.passes(1, SOUND)
        words.append(f"w{len(words)}")
        call.hears(" ".join(words), call.now)
    assert call.relay.streams == {1, 2}
    begins = call.now - len(call.sent[2]) / BYTES_PER_S
    call.passes(5, SOUND).hears("the rest", call.now - begins, stream=2)
    [before] = call.finals
    assert before.split() == words[: len(before.split())]
    assert abs(len(before.split()) - begins) <= 1
    assert call.relay.streams == {2}


def test_an_hour_keeps_no_more_than_a_minute() -> None:
    call = begun()
    while call.now < 3600:
        call.passes(4, SOUND, step_s=0.5).passes(2, step_s=0.5)
        stream = min(call.relay.streams)
        call.hears("so it is", call.position(stream) - 2, stream, final=True)
        call.passes(0.5, step_s=0.5).connects().passes(3.5, step_s=0.5)
        assert len(call.relay.streams) <= 2
        assert call.relay.kept_s < 10
    assert call.finals == ["so it is"] * len(call.finals)
    assert len(call.finals) == round(call.now / 10)
    assert 18 <= len(call.sent) <= 22


def test_what_is_kept_is_bounded() -> None:
    tape = Tape(longest_s=2)
    for _ in range(10):
        tape.append(SOUND * BYTES_PER_S)
    assert tape.end - tape.begin == 2 * BYTES_PER_S
    assert tape.end == 10 * BYTES_PER_S


def test_streams_that_cannot_be_kept_are_given_up_after_thirteen_seconds() -> None:
    call = begun()
    while not call.relay.given_up:
        for number in call.relay.streams:
            call.breaks(number)
        call.passes(0.1)
        assert call.now < 20
    assert call.now > 13


def test_a_network_that_is_away_for_ten_seconds_is_not_given_up() -> None:
    call = begun()
    while call.now < 11:
        for number in call.relay.streams:
            call.breaks(number)
        call.passes(0.1)
    call.passes(2).connects().passes(3)
    [number] = call.relay.streams
    call.breaks(number)
    assert not call.relay.given_up


def test_a_closed_call_sends_the_rest_and_waits_for_the_answer() -> None:
    call = begun().passes(1, SOUND)
    call.relay.hear(SOUND * 10)
    call.relay.close()
    call.send()
    assert call.relay.is_sent_all(1)
    assert call.sent[1].endswith(SOUND * 10)
    assert not call.relay.over
    assert call.breaks().relay.over


@given(st.lists(st.tuples(st.floats(0.1, 8), st.booleans(), st.booleans()), max_size=12))
def test_every_word_is_final_once_however_streams_break(
    utterances: list[tuple[float, bool, bool]],
) -> None:
    """A perfect recogniser, whose streams break within utterances or between them."""
    call, heard_to = begun(), 0
    for number, (pause_s, breaks_within, breaks_after) in enumerate(utterances):
        call.passes(pause_s).connects().passes(1, SOUND)
        if breaks_within:
            call.hears(f"half {number}", 0.1, max(call.relay.streams))
            call.breaks(max(call.relay.streams)).passes(0.5).connects()
        call.passes(4)
        stream = max(call.relay.streams)
        call.hears(f"word {number}", len(call.sent[stream]) / BYTES_PER_S - 3, stream, final=True)
        heard_to = call.relay._final_to
        if breaks_after:
            call.breaks(stream)
    assert call.finals == [f"word {number}" for number in range(len(utterances))]
    assert heard_to <= call.now * BYTES_PER_S
