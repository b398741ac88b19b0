"""A callee's ear: what counts as the answer, as a filler, as a gap, and as somebody else's."""

from bench.ear import CalleesEar
from bench.written_sound import sound_of
from floyd.calls import phrases

EXPECTED = "All right then, I noted oat milk for order 3."


def asking() -> CalleesEar:
    ear = CalleesEar()
    ear.expect(EXPECTED)
    ear.callee_is_done(10.0)
    return ear


def test_the_answer_begins_with_its_first_sound() -> None:
    ear = asking()
    ear.sound(sound_of("All right then,"), 10.7, 5.0)
    assert ear.turn.reply_ms is not None
    assert round(ear.turn.reply_ms) == 700
    assert not ear.turn.complete


def test_silence_is_not_the_answer() -> None:
    ear = asking()
    ear.sound(b"\xff" * 800, 10.3, 5.0)
    assert ear.turn.reply_ms is None


def test_a_filler_is_not_the_answer() -> None:
    ear = asking()
    ear.sound(sound_of(phrases.ONE_MOMENT), 11.5, 5.0)
    ear.sound(sound_of("All right then,"), 13.0, 0.4)
    assert ear.turn.reply_ms == 3000
    assert ear.turn.gaps == []
    assert ear.turn.fillers == [phrases.ONE_MOMENT]


def test_a_silence_inside_the_answer_is_a_gap() -> None:
    ear = asking()
    ear.sound(sound_of("All right then,"), 10.7, 5.0)
    ear.sound(sound_of("I noted oat milk for order 3."), 12.0, 0.1)
    assert ear.turn.gaps == [0.1]
    assert ear.turn.complete


def test_it_hears_whose_order_floyd_speaks_of() -> None:
    ear = asking()
    ear.sound(sound_of("All right then,"), 10.7, 5.0)
    assert ear.turn.orders == []
    ear.sound(sound_of("I noted oat milk for order 4."), 11.0, 0.0)
    assert ear.turn.orders == [4]
    assert not ear.turn.complete


def test_sound_before_the_callee_is_done_is_an_interruption() -> None:
    ear = CalleesEar()
    turn = ear.expect(EXPECTED)
    ear.sound(sound_of("Please go on."), 9.0, 2.0)
    ear.callee_is_done(10.0)
    assert turn.interrupting == [9.0]
    assert turn.reply_ms is None


def test_what_was_taken_back_may_be_said_anew() -> None:
    ear = asking()
    ear.sound(sound_of("All right, than"), 10.7, 5.0)
    ear.clear(10.8)
    ear.sound(sound_of(EXPECTED), 11.5, 0.7)
    assert ear.turn.complete
