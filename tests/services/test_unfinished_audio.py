"""What a new stream of the recogniser must hear again."""

from hypothesis import given
from hypothesis import strategies as st

from floyd.services.transcriber.retries import Retries
from floyd.services.transcriber.unfinished import BYTES_PER_S, UnfinishedAudio


def second(number: int) -> bytes:
    return bytes([number]) * BYTES_PER_S


def test_an_utterance_is_heard_again_from_its_beginning() -> None:
    audio = UnfinishedAudio()
    audio.sent(second(1))
    audio.heard_interim()
    for number in range(2, 8):
        audio.sent(second(number))
    assert audio.start_over() == b"".join(map(second, range(1, 8)))


def test_what_was_final_is_not_heard_again() -> None:
    audio = UnfinishedAudio()
    audio.heard_interim()
    for number in range(1, 5):
        audio.sent(second(number))
    audio.heard_final(end_s=3)
    assert audio.start_over() == second(4)


def test_of_silence_only_the_end_is_kept() -> None:
    audio = UnfinishedAudio()
    for number in range(100):
        audio.sent(second(number))
    assert audio.start_over() == b"".join(map(second, (97, 98, 99)))


def test_an_utterance_without_end_is_bounded() -> None:
    audio = UnfinishedAudio()
    audio.heard_interim()
    for number in range(100):
        audio.sent(second(number))
    assert audio.start_over() == b"".join(map(second, range(70, 100)))


def test_the_time_of_a_new_stream_begins_anew() -> None:
    audio = UnfinishedAudio()
    audio.heard_interim()
    audio.sent(second(1) + second(2))
    again = audio.start_over()
    audio.sent(again + second(3))
    audio.heard_final(end_s=2)
    assert audio.start_over() == second(3)


@given(st.lists(st.one_of(st.binary(max_size=400), st.floats(0, 1), st.none()), max_size=30))
def test_what_is_kept_is_always_the_end_of_what_was_sent(
    events: list[bytes | float | None],
) -> None:
    audio, sent = UnfinishedAudio(), b""
    for event in events:
        if isinstance(event, bytes):
            audio.sent(event)
            sent += event
        elif event is None:
            audio.heard_interim()
        else:
            audio.heard_final(event)
    assert sent.endswith(audio.start_over())


def test_a_stream_that_worked_is_followed_at_once() -> None:
    retries = Retries()
    for start in (0.0, 305.0, 610.0):
        retries.began(start)
        assert retries.pause_after(start + 305) == 0


def test_pauses_grow_until_ten_seconds_are_over() -> None:
    retries, now, pauses = Retries(), 0.0, []
    while True:
        retries.began(now)
        pause_s = retries.pause_after(now)
        if pause_s is None:
            break
        pauses.append(pause_s)
        now += pause_s
    assert pauses[0] == 0
    assert max(pauses) <= 1.6
    assert 10 < now < 12
