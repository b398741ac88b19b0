from floyd.sandbox.people.turn_taking import (
    Happening,
    Interrupted,
    NobodySpoke,
    TurnHeard,
    TurnTaking,
)
from floyd.sandbox.sound import HeardWord

FRAME_MS = 20


class Ear:
    """Feeds a timeline of speech to turn taking, frame by frame."""

    def __init__(self) -> None:
        self.turns = TurnTaking(patience_ms=500, silence_ms=7000, yields_after_ms=600)
        self.now_ms = 0

    def pass_time(
        self, duration_ms: int, *, they: bool = False, me: bool = False, word: str = ""
    ) -> list[tuple[int, Happening]]:
        """Let time pass; a word ends in the last frame."""
        happenings = []
        for _ in range(duration_ms // FRAME_MS):
            self.now_ms += FRAME_MS
            duration_ms -= FRAME_MS
            heard = [HeardWord(word, self.now_ms - 300, self.now_ms)]
            happening = self.turns.on_frame(
                self.now_ms,
                heard if word and duration_ms < FRAME_MS else [],
                they_speak=they,
                i_speak=me,
            )
            if happening is not None:
                happenings.append((self.now_ms, happening))
        return happenings


def test_a_turn_ends_after_half_a_second_of_silence() -> None:
    ear = Ear()
    assert ear.pass_time(400, they=True, word="Hello,") == []
    assert ear.pass_time(400) == []
    assert ear.pass_time(400, they=True, word="there.") == []
    assert ear.pass_time(1000) == [(1700, TurnHeard("Hello, there."))]


def test_nothing_is_answered_while_this_person_speaks() -> None:
    ear = Ear()
    ear.pass_time(200, they=True, word="Okay.")
    assert ear.pass_time(2000, me=True) == []
    assert ear.pass_time(20) == [(2220, TurnHeard("Okay."))]


def test_a_person_gives_way_to_a_persistent_voice_only() -> None:
    ear = Ear()
    assert ear.pass_time(400, they=True, me=True) == []
    assert ear.pass_time(200, me=True) == []
    assert ear.pass_time(700, they=True, me=True) == [(1220, Interrupted())]


def test_a_long_silence_is_noticed_once_and_again() -> None:
    ear = Ear()
    ear.pass_time(1000, me=True)
    happenings = ear.pass_time(15_000)
    assert happenings == [(8000, NobodySpoke()), (15_000, NobodySpoke())]
