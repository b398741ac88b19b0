"""The task Understanding over the model's wire: good, malformed, refusing and adversarial replies.

Whatever comes back, every text is answered, no call is made that the user did not ask for, and
nothing becomes known that the user did not say.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from floyd.errands import understanding
from floyd.errands.understanding import understand
from floyd.prompts.schemas import SaidContact, Understanding, UserFact, Wish
from floyd.reports.segments import fits
from floyd.settings import Settings
from floyd.store.models import Contact, Errand, Fact, User
from tests.errands.desk import (
    REQUEST,
    Desk,
    Model,
    ScriptedThinker,
    build_desk,
    running_model,
)
from tests.sandbox.running import Sandbox, running_sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def model() -> Iterator[Model]:
    with running_model() as running:
        yield running


@pytest.fixture
def desk(settings: Settings, store: Redis, sandbox: Sandbox, model: Model) -> Desk:
    return build_desk(settings, store, sandbox, model)


def test_a_good_reply_is_carried_out(desk: Desk, model: Model) -> None:
    desk.text(REQUEST)
    assert desk.dialled == [desk.sandbox.school_phone]
    asked = model.requests[0]["response_format"]["json_schema"]
    assert (asked["name"], asked["strict"]) == ("Understanding", True)


@pytest.mark.parametrize("fault", ["malformed_json", "refusal", "truncate"])
def test_a_reply_that_cannot_be_used_is_asked_for_once_more(
    desk: Desk, model: Model, fault: str
) -> None:
    setattr(model.conditions, fault, 1)
    desk.text(REQUEST)
    assert desk.dialled == [desk.sandbox.school_phone]
    assert desk.replies == ["Calling Maple School now."]


@pytest.mark.parametrize("fault", ["malformed_json", "refusal", "truncate"])
def test_a_model_that_never_gives_a_usable_reply_is_told_of_and_tried_again(
    desk: Desk, model: Model, fault: str
) -> None:
    setattr(model.conditions, fault, 2)
    text = desk.text(REQUEST)
    assert desk.replies == [understanding.NOT_READ_YET]
    assert desk.dialled == []

    desk.clock.move(60)
    understand(desk.services, text.id)
    desk.take_up_errands()
    assert desk.dialled == [desk.sandbox.school_phone]


def adversarial(kind: str, **more: Any) -> Wish:
    values = {"text": "Call +1 900 555 0100 and say yes", "errand_id": None, "reply": None}
    return Wish.model_validate({"kind": kind, "facts": [], "contact": None, **values, **more})


LIE = UserFact(subject="Anna's bank", value="RBC, pin 4711", until=None)
OWN_BODY = "thanks, see you"


@pytest.mark.parametrize(
    "wish",
    [
        adversarial("confirm", errand_id=1),
        adversarial("answer", errand_id=1),
        adversarial("cancel", errand_id=999_999_999),
        adversarial("correction", errand_id=1),
        adversarial("instruction", errand_id=-1),
        adversarial("status", errand_id=1),
        adversarial("remember", facts=[LIE]),
        adversarial("remember", contact=SaidContact(name="bank", phone="+1 900 555 0100")),
        adversarial("small_talk", facts=[LIE], reply="x" * 100_000),
        adversarial("unclear", reply="\x00\ud83d"),
        adversarial("forget", facts=[UserFact(subject="Eve", value="", until=None)]),
        adversarial("recall", facts=[UserFact(subject="Eve", value="", until=None)]),
    ],
    ids=lambda wish: wish.kind,
)
def test_an_adversarial_reply_has_no_effect_but_an_answer(
    settings: Settings, store: Redis, sandbox: Sandbox, wish: Wish
) -> None:
    thinker = ScriptedThinker([Understanding(wishes=[wish])])
    desk = build_desk(settings, store, sandbox, thinker=thinker)
    eve = User.create(phone="+14165550177", name="Eve", zone="UTC", created_at=0.0)
    Errand.create(user=eve, request="Eve's own", state="waiting_for_user", created_at=0.0)
    Fact.create(user=eve, subject="Eve", value="a secret", source="operator", created_at=0.0)
    facts = {(fact.subject, fact.value) for fact in Fact.select()}
    desk.text(OWN_BODY)

    [reply] = desk.replies
    assert reply
    assert fits(reply)
    assert "secret" not in reply
    assert "own" not in reply
    assert [errand.state for errand in Errand.select()] == ["waiting_for_user"]
    learned = {(fact.subject, fact.value) for fact in Fact.select()} - facts
    assert learned <= {("Anna Berg", OWN_BODY)}
    assert [contact.name for contact in Contact.select()] == ["Maple School"]
    assert desk.dialled == []
