"""The phone company's buffer: sound plays one after the other, marks come back when it has."""

import pytest

from bench.line.playback import Playback


def test_sound_plays_behind_what_is_queued() -> None:
    playback = Playback()
    playback.play(1.0, 10.0)
    playback.play(0.5, 10.2)
    assert playback.mark("1", 10.3).at_s == 11.5


def test_silence_before_a_sound_is_told() -> None:
    playback = Playback()
    playback.play(1.0, 10.0)
    assert playback.play(1.0, 10.9) == 0
    assert playback.play(1.0, 12.5) == 0.5


def test_clearing_returns_marks_that_were_not_reached_and_ends_the_sound() -> None:
    playback = Playback()
    playback.play(1.0, 10.0)
    first = playback.mark("1", 10.0)
    playback.play(1.0, 10.0)
    second = playback.mark("2", 10.0)
    assert playback.reached(first)
    assert playback.clear(11.2) == ["2"]
    assert not playback.reached(second)
    assert playback.play(1.0, 11.5) == pytest.approx(0.3)


def test_a_mark_behind_nothing_is_reached_at_once() -> None:
    assert Playback().mark("1", 5.0).at_s == 5.0


def test_the_line_is_quiet_once_all_has_played() -> None:
    playback = Playback()
    first = playback.mark("1", 10.0)
    playback.play(1.0, 10.0)
    assert playback.reached(first)
    assert not playback.is_quiet(10.9)
    assert playback.is_quiet(11.0)
