from typing import Any

from redis import Redis

from floyd.store.database import database
from floyd.store.models import Call, Errand, InboundText, OutboundText, User, Utterance
from floyd.watching.picture import look

PLAN: dict[str, Any] = {"callee": {"name": "Maple School"}}


def a_call() -> Call:
    user = User.create(phone="+15195550123", name="Anna", zone="America/Toronto", created_at=1)
    errand = Errand.create(
        user=user, request="Call the school.", state="calling", plan=PLAN, created_at=100
    )
    call: Call = Call.create(
        attempt="a", errand=errand, phone="+1519", dialled="+1519", state="ringing", created_at=101
    )
    return call


def say(call: Call, position: int, speaker: str, sent_ms: int | None = None) -> None:
    Utterance.create(
        call=call,
        position=position,
        speaker=speaker,
        text=f"words {position}",
        started_s=position,
        ended_s=position + 1,
        timings=None if sent_ms is None else {"sent": sent_ms},
    )


def test_only_what_answers_the_callee_has_a_reply_time(store: Redis) -> None:
    with database.connection_context():
        call = a_call()
        say(call, 0, "callee")
        say(call, 1, "floyd", 600)
        say(call, 2, "floyd", 1500)
        assert look(0).replies == [{"sent": 600}]


def test_the_latest_words_may_still_change_until_all_is_stored(store: Redis) -> None:
    with database.connection_context():
        call = a_call()
        say(call, 0, "callee")
        say(call, 1, "floyd")
        assert [said.is_settled for said in look(0).calls[0].utterances] == [True, False]
        Call.update(settled_at=120).execute()
        assert [said.is_settled for said in look(0).calls[0].utterances] == [True, True]


def test_texts_are_seen_once_they_are_on_their_way(store: Redis) -> None:
    with database.connection_context():
        InboundText.create(sid="SM1", phone="+15195550123", body="Hello", received_at=10)
        for state in ("queued", "sending", "sent", "delivered"):
            OutboundText.create(
                occasion=state, phone="+15195550123", body=state, state=state, created_at=20
            )
        assert [text.body for text in look(0).texts] == ["Hello", "sent", "delivered"]
        assert [text.body for text in look(15).texts] == ["sent", "delivered"]


def test_a_callee_goes_by_the_name_of_the_plan(store: Redis) -> None:
    with database.connection_context():
        a_call()
        assert look(0).calls[0].callee == "Maple School"
