from floyd.calls.line_watch import LineWatch
from floyd.calls.media_stream import Audio

SOUND_20_MS = b"\xff" * 160


def test_a_telephone_is_neither_a_flood_nor_dead() -> None:
    line = LineWatch()
    for number in range(500):
        line.message_came()
        assert line.is_new(Audio(SOUND_20_MS, number * 20))
        if number % 250 == 0:
            assert not line.is_dead()
    assert not line.is_flood(10.0)


def test_doubled_sound_is_heard_once() -> None:
    line = LineWatch()
    heard = [line.is_new(Audio(SOUND_20_MS, at_ms)) for at_ms in (0, 20, 20, 60, 40, 80)]
    assert heard == [True, True, False, True, False, True]


def test_sound_far_ahead_of_the_clock_is_a_flood() -> None:
    line = LineWatch()
    line.is_new(Audio(b"\xff" * 8000 * 20, 0))
    assert line.is_flood(1.0)


def test_more_messages_than_sound_could_need_are_a_flood() -> None:
    line = LineWatch()
    for _ in range(2_000):
        line.message_came()
    assert line.is_flood(1.0)
    assert not line.is_flood(10.0)


def test_a_line_is_dead_when_it_was_silent_at_two_looks_in_a_row() -> None:
    line = LineWatch()
    line.message_came()
    assert [line.is_dead(), line.is_dead()] == [False, False]
    line.message_came()
    assert [line.is_dead(), line.is_dead(), line.is_dead()] == [False, False, True]
