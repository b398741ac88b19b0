from hypothesis import given
from hypothesis import strategies as st

from floyd.sandbox.twilio.playback import MAX_BUFFERED_BYTES, PlaybackBuffer

Items = list[bytes | str]


def filled(items: Items) -> PlaybackBuffer:
    buffer = PlaybackBuffer()
    for item in items:
        if isinstance(item, str):
            buffer.add_mark(item)
        else:
            buffer.add_audio(item)
    return buffer


items = st.lists(st.binary(max_size=50) | st.text("abc", min_size=1, max_size=3))


@given(items, st.integers(1, 30))
def test_audio_and_marks_come_out_in_the_order_they_went_in(queued: Items, count: int) -> None:
    buffer = filled(queued)
    played, marks = b"", []
    while buffer.buffered_bytes:
        frame, reached = buffer.take(count)
        assert len(frame) <= count
        played += frame
        marks += [(name, len(played)) for name in reached]
    marks += [(name, len(played)) for name in buffer.take(count)[1]]
    assert played == b"".join(item for item in queued if isinstance(item, bytes))
    assert [name for name, _ in marks] == [item for item in queued if isinstance(item, str)]
    for index, (_, position) in enumerate(marks):
        assert position >= _audio_before_mark(queued, index)


def _audio_before_mark(queued: Items, index: int) -> int:
    places = [place for place, item in enumerate(queued) if isinstance(item, str)]
    return sum(len(item) for item in queued[: places[index]] if isinstance(item, bytes))


@given(items)
def test_clear_leaves_nothing_but_the_marks(queued: Items) -> None:
    buffer = filled(queued)
    assert buffer.clear() == [item for item in queued if isinstance(item, str)]
    assert buffer.take(100) == (b"", [])


def test_what_does_not_fit_is_dropped_and_counted() -> None:
    buffer = PlaybackBuffer()
    assert buffer.add_audio(bytes(MAX_BUFFERED_BYTES - 1)) == 0
    assert buffer.add_audio(b"abc") == 2
    buffer.take(1)
    assert buffer.add_audio(b"d") == 0
