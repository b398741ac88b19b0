from floyd.calls.playback import Playback


def queued(*durations_s: float) -> Playback:
    playback = Playback()
    for clause, duration_s in enumerate(durations_s):
        playback.sent(1, clause, f"one two three four {clause}", duration_s, 0.0)
        playback.marked(1, clause, f"m{clause}")
    return playback


def test_a_mark_says_that_everything_before_it_was_heard() -> None:
    playback = queued(1.0, 1.0, 1.0)
    assert [heard.clause for heard in playback.reached("m1")] == [0, 1]
    assert playback.playing


def test_a_mark_of_what_was_cleared_counts_for_nothing() -> None:
    playback = queued(1.0, 1.0)
    playback.cut(0.5)
    assert playback.reached("m1") == []
    assert not playback.playing


def test_a_cut_keeps_the_words_that_were_played() -> None:
    playback = queued(1.0, 5.0)
    playback.reached("m0")
    heard = playback.cut(3.0)
    assert [(part.clause, part.text, part.whole) for part in heard] == [(1, "one two", False)]


def test_sound_plays_behind_the_sound_before_it() -> None:
    playback = queued(2.0, 2.0)
    playback.sent(2, 0, "later", 1.0, 1.0)
    playback.marked(2, 0, "last")
    assert playback.reached("last")[-1].started_s == 4.0


def test_several_pieces_of_sound_are_one_clause() -> None:
    playback = Playback()
    for _ in range(4):
        playback.sent(1, 0, "one two three four", 1.0, 0.0)
    playback.marked(1, 0, "m")
    assert [part.text for part in playback.cut(2.0)] == ["one two"]
