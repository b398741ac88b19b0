"""Tries in vain, one after another: when, how often, and what their user reads of them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from floyd.calls import slots
from floyd.errands.conclusion import conclude
from floyd.errands.understanding import understand
from floyd.settings import Settings
from floyd.store.models import Call, Contact, Errand, Utterance
from tests.errands.desk import Desk, Model, ScriptedThinker, build_desk
from tests.errands.test_conclusion import LEFT, MACHINE, MESSAGE
from tests.errands.test_dialing import PLAN, ready_errand
from tests.errands.test_understanding import says, wish
from tests.sandbox.running import Sandbox

BUSY = {"state": "busy"}
NO_ANSWER = {"state": "no-answer"}
CALLING = "Calling Maple School now."


def moment(written: str, zone: str = "America/Toronto") -> float:
    return datetime.fromisoformat(f"2026-11-{written}").replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.fixture
def morning(settings: Settings, store: Redis, sandbox: Sandbox, thinker: ScriptedThinker) -> Desk:
    """A desk at five past nine on a Wednesday, where Floyd may call from 8:00 to 21:00."""
    settings = settings.model_copy(update={"floyd_call_hours": "08:00-21:00"})
    desk = build_desk(settings, store, sandbox, thinker=thinker)
    clock_is(desk, "18 09:05")
    return desk


def clock_is(desk: Desk, written: str) -> None:
    desk.clock.moved[0] = moment(written)
    slots.announce(desk.services.redis, "test", 5, desk.clock.now() + 86_400)


def dialled(desk: Desk, **changes: Any) -> Errand:
    """An errand whose call has just been placed."""
    errand = ready_errand(desk, plan=PLAN | {"voicemail_message": MESSAGE}, **changes)
    desk.take_up_errands()
    return at(errand)


def at(errand: Errand) -> Errand:
    return Errand.get_by_id(errand.id)


def call_ends(desk: Desk, said: Any = (), **changes: Any) -> Errand:
    """The last call ends, and is reported."""
    now, call = desk.clock.now(), desk.call()
    ended = {"state": "completed", "ended_at": now, "settled_at": now}
    Call.update({**ended, **changes}).where(Call.id == call.id).execute()
    for position, (speaker, text) in enumerate(said):
        Utterance.create(
            call=call, position=position, speaker=speaker, text=text, started_s=0, ended_s=1
        )
    conclude(desk.services, call.id)
    return at(call.errand)


def tried_again(desk: Desk, written: str, **changes: Any) -> Errand:
    """The clock reaches a moment, the errand is dialled again, and that call ends."""
    before = len(desk.dialled)
    clock_is(desk, written)
    desk.take_up_errands()
    assert len(desk.dialled) == before + 1
    return call_ends(desk, **changes)


def test_the_user_is_told_once_when_it_is_tried_again_and_how_to_stop_it(morning: Desk) -> None:
    dialled(morning)
    errand = call_ends(morning, **BUSY)

    assert (errand.state, errand.due_at) == ("scheduled", moment("18 09:15"))
    assert morning.replies == [
        CALLING,
        "The line at Maple School was busy. I'll try again at 9:15, up to twice more. "
        'Text "drop it" to stop.',
    ]


def test_later_tries_are_silent_and_the_last_one_tells_of_all(morning: Desk) -> None:
    dialled(morning)
    call_ends(morning, **BUSY)
    told = morning.replies
    assert tried_again(morning, "18 09:15", **NO_ANSWER).due_at == moment("18 11:15")
    assert morning.replies == told

    errand = tried_again(morning, "18 11:15", **BUSY)
    assert (errand.state, errand.outcome, errand.tries) == ("failed", "busy", 3)
    assert morning.replies[len(told) :] == [
        "The line at Maple School was busy. I tried 3 times and have stopped: "
        "9:05 busy, 9:15 no answer, 11:15 busy."
    ]


def test_a_try_is_not_made_before_its_time(morning: Desk) -> None:
    dialled(morning)
    call_ends(morning, **BUSY)
    morning.clock.move(599)
    morning.take_up_errands()
    assert len(morning.dialled) == 1


def test_one_try_may_be_all(
    settings: Settings, store: Redis, sandbox: Sandbox, thinker: ScriptedThinker
) -> None:
    settings = settings.model_copy(update={"floyd_tries": 1})
    desk = build_desk(settings, store, sandbox, thinker=thinker)
    dialled(desk)
    assert call_ends(desk, **NO_ANSWER).state == "failed"
    assert desk.replies[-1].startswith(
        "Nobody answered at Maple School. I tried once and have stopped: "
    )


def test_a_try_that_reaches_a_voicemail_leaves_the_message_and_ends_it(morning: Desk) -> None:
    dialled(morning)
    call_ends(morning, **NO_ANSWER)
    now = moment("18 10:05")
    errand = tried_again(morning, "18 10:05", said=LEFT, answered_at=now, token_used=1, **MACHINE)

    assert (errand.state, errand.outcome) == ("done", "voicemail_left")
    assert MESSAGE in morning.replies[-1]


def test_a_try_in_the_evening_waits_for_the_morning(morning: Desk) -> None:
    clock_is(morning, "18 20:30")
    dialled(morning)
    errand = call_ends(morning, **NO_ANSWER)
    assert errand.due_at == moment("19 08:00")
    assert "I'll try again tomorrow at 8:00, up to twice more." in morning.replies[-1]


@pytest.mark.parametrize(
    ("now", "opening", "told"),
    [
        ("18 06:30", "18 08:00", "It's too early there. I'll call Maple School at 8:00."),
        ("18 21:00", "19 08:00", "It's too late there. I'll call Maple School tomorrow at 8:00."),
    ],
)
def test_nobody_is_called_outside_their_hours_and_the_user_is_told_when(
    morning: Desk, now: str, opening: str, told: str
) -> None:
    clock_is(morning, now)
    errand = dialled(morning)

    assert (errand.state, errand.due_at) == ("scheduled", moment(opening))
    assert (morning.dialled, morning.replies) == ([], [told])

    clock_is(morning, opening)
    morning.take_up_errands()
    assert (len(morning.dialled), morning.replies) == (1, [told, CALLING])


def test_the_hours_are_the_callees_and_the_time_is_the_users(morning: Desk) -> None:
    """Boise's numbers may be at home in Los Angeles: eight there is eleven in Toronto."""
    Contact.create(
        user=morning.user, name="Motel", phone="+12085550123", source="operator", created_at=0
    )
    dialled(morning, phone="+12085550123")
    told = "It's too early there. I'll call Maple School at 11:00 your time."
    assert (morning.dialled, morning.replies) == ([], [told])


def test_an_attempt_that_a_crash_left_behind_is_not_dialled_after_hours(morning: Desk) -> None:
    errand = ready_errand(morning, state="calling")
    clock_is(morning, "18 21:30")
    Call.create(
        attempt="a" * 32,
        errand=errand,
        phone=errand.phone,
        dialled=errand.phone,
        state="reserved",
        created_at=moment("18 20:59"),
    )
    morning.take_up_errands()
    assert (at(errand).state, morning.dialled) == ("scheduled", [])
    assert at(errand).due_at == moment("19 08:00")


def texted(desk: Desk, thinker: ScriptedThinker, kind: str, body: str) -> Errand:
    thinker.answers = [says(wish(kind, body))]
    desk.text(body)
    return desk.errand


def test_a_user_who_wants_it_now_gets_it_at_once(morning: Desk, thinker: ScriptedThinker) -> None:
    dialled(morning)
    call_ends(morning, **BUSY)
    assert texted(morning, thinker, "confirm", "try now").state == "calling"
    assert morning.replies[2:] == [CALLING]

    # They asked for this try: what came of it they are told.
    call_ends(morning, **BUSY)
    [told] = morning.replies[3:]
    assert "I'll try once more at 9:25." in told


def test_a_user_who_wants_it_now_is_told_when_it_is_too_late(
    morning: Desk, thinker: ScriptedThinker
) -> None:
    clock_is(morning, "18 20:30")
    dialled(morning)
    call_ends(morning, **NO_ANSWER)
    clock_is(morning, "18 21:30")
    for _ in range(2):
        assert texted(morning, thinker, "confirm", "yes").state == "scheduled"
        told = "It's too late there. I'll call Maple School tomorrow at 8:00."
        assert morning.replies[-1] == told
    assert morning.replies.count(told) == 2


def test_who_only_takes_note_does_not_want_it_now(morning: Desk, thinker: ScriptedThinker) -> None:
    dialled(morning)
    call_ends(morning, **BUSY)
    assert texted(morning, thinker, "confirm", "Ok, thanks").state == "scheduled"
    assert morning.replies[-1] == "Mara sick today: I'll call on Wednesday at 9:15."


@pytest.mark.parametrize(("kind", "body"), [("cancel", "drop it"), ("refuse", "no")])
def test_a_user_can_stop_it(morning: Desk, thinker: ScriptedThinker, kind: str, body: str) -> None:
    dialled(morning)
    call_ends(morning, **BUSY)
    assert texted(morning, thinker, kind, body).state == "cancelled"
    assert morning.replies[-1] == "Mara sick today: dropped."

    clock_is(morning, "18 09:15")
    morning.take_up_errands()
    assert len(morning.dialled) == 1


@pytest.mark.parametrize(
    ("body", "state"), [("drop it", "cancelled"), ("try now", "ready"), ("Yes", "ready")]
)
def test_the_model_double_knows_these_words(
    desk: Desk, model: Model, body: str, state: str
) -> None:
    due_at = desk.clock.now() + 600
    errand = ready_errand(desk, state="scheduled", due_at=due_at)
    understand(desk.services, desk.receive(body).id)
    assert at(errand).state == state
