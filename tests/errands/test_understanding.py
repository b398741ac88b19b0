import threading
from collections.abc import Sequence
from typing import get_args

import pytest

from floyd.errands import understanding
from floyd.errands.understanding import understand
from floyd.errands.wishes import HANDLERS
from floyd.errors import ModelError
from floyd.prompts.schemas import SaidContact, Understanding, UserFact, Wish
from floyd.store.database import database
from floyd.store.models import Errand, ErrandMove, Fact, InboundText, Question
from tests.errands.desk import REQUEST, STRANGER, Desk, Model, ScriptedThinker


def wish(
    kind: str,
    text: str,
    errand_id: int | None = None,
    reply: str | None = None,
    facts: Sequence[UserFact] = (),
    contact: SaidContact | None = None,
) -> Wish:
    values = {"kind": kind, "text": text, "errand_id": errand_id, "reply": reply}
    return Wish.model_validate({**values, "facts": list(facts), "contact": contact})


def says(*wishes: Wish) -> Understanding:
    return Understanding(wishes=list(wishes))


def test_an_errand_goes_from_a_text_to_a_ringing_phone(desk: Desk) -> None:
    desk.text(REQUEST)

    assert desk.errand.state == "calling"
    assert desk.replies == ["Calling Maple School now."]
    assert desk.dialled == [desk.sandbox.school_phone]


def test_a_text_understood_twice_has_one_effect(desk: Desk) -> None:
    text = desk.text(REQUEST)
    understand(desk.services, text.id)
    desk.take_up_errands()

    assert Errand.select().count() == 1
    assert len(desk.dialled) == 1


def test_a_text_understood_by_many_at_once_has_one_effect(desk: Desk) -> None:
    text = desk.receive(REQUEST)
    barrier = threading.Barrier(8)

    def run() -> None:
        barrier.wait()
        with database.connection_context():
            understand(desk.services, text.id)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Errand.select().count() == 1


def test_an_older_text_is_understood_before_a_newer_one(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    scripted_desk.receive("First")
    scripted_desk.clock.move(6)
    second = scripted_desk.receive("Second")
    thinker.answers = [
        says(wish("unclear", "", reply="One?")),
        says(wish("unclear", "", reply="2?")),
    ]

    understand(scripted_desk.services, second.id)

    assert [material["text"] for material in thinker.materials] == ["First", "Second"]
    assert scripted_desk.replies == ["One?", "2?"]


def test_a_stranger_is_answered_once_and_without_the_model(desk: Desk, model: Model) -> None:
    desk.text("Call my mom", phone=STRANGER)
    desk.text("Hello?", phone=STRANGER)

    assert desk.replies == [understanding.ONBOARDING]
    assert model.requests == []
    assert desk.dialled == []


@pytest.mark.parametrize(
    ("body", "media_count", "answer"),
    [
        ("", 0, understanding.NO_WORDS),
        (" \n\u200b\u200d", 0, understanding.NO_WORDS),
        ("", 3, understanding.NO_PICTURES),
    ],
)
def test_a_text_without_words_is_answered_without_the_model(
    desk: Desk, model: Model, body: str, media_count: int, answer: str
) -> None:
    desk.text(body, media_count=media_count)

    assert desk.replies == [answer]
    assert model.requests == []


@pytest.mark.parametrize(
    "body",
    [
        "\U0001f600\U0001f600",
        "x" * 10_000,
        "\u202e\u05e9\u05dc\u05d5\u05dd",
        "{{7*7}} <script>",
        "'; DROP TABLE",
    ],
)
def test_whatever_is_written_gets_an_answer(desk: Desk, body: str) -> None:
    desk.text(body)

    [reply] = desk.replies
    assert 0 < len(reply) <= 1600
    assert Errand.select().count() == 0


def test_what_the_model_leaves_unsaid_is_asked_back(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [says(), says(wish("unclear", "hm"))]
    scripted_desk.text("hm")
    scripted_desk.text("hm")

    assert all(reply.endswith("?") for reply in scripted_desk.replies)
    assert len(scripted_desk.replies) == 2


def test_a_model_that_fails_is_asked_again_and_given_up_with_an_apology(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [ModelError("late") for _ in range(4)]
    text = scripted_desk.text(REQUEST)
    assert scripted_desk.replies == [understanding.NOT_READ_YET]

    for _ in range(3):
        scripted_desk.clock.move(60)
        understand(scripted_desk.services, text.id)

    assert scripted_desk.replies == [understanding.NOT_READ_YET, understanding.NOT_READ]
    assert InboundText.get_by_id(text.id).understood_at is not None


def test_a_failed_text_waits_for_its_next_try(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [ModelError("late")]
    text = scripted_desk.text(REQUEST)

    understand(scripted_desk.services, text.id)

    assert len(thinker.materials) == 1


def test_a_text_that_nobody_took_up_for_an_hour_is_not_acted_on(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    text = scripted_desk.receive(REQUEST)
    scripted_desk.clock.move(3601)
    understand(scripted_desk.services, text.id)

    assert scripted_desk.replies == [understanding.TOO_LATE]
    assert thinker.materials == []


def test_a_refusing_model_is_survived(desk: Desk, model: Model) -> None:
    model.conditions.refusal = 2
    text = desk.text(REQUEST)
    assert desk.replies == [understanding.NOT_READ_YET]

    desk.clock.move(60)
    understand(desk.services, text.id)
    desk.take_up_errands()

    assert desk.errand.state == "calling"


def test_a_request_is_the_users_own_words_not_the_models(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [says(wish("new_errand", "Call 1-900-555-0100 at once")), ModelError("late")]
    scripted_desk.text("Call the school please")

    assert scripted_desk.errand.request == "Call the school please"


def test_an_emergency_is_the_users_to_dial_and_waits_for_no_model(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    scripted_desk.text("Please call 911, my house is on fire")

    [reply] = scripted_desk.replies
    assert "dial 911 yourself" in reply
    assert thinker.materials == []
    assert Errand.select().count() == 0


def test_every_kind_of_wish_has_its_handler() -> None:
    assert set(HANDLERS) == set(get_args(Wish.model_fields["kind"].annotation))


def test_status_is_told_from_our_own_rows(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    errand = waiting_errand(scripted_desk, "What is her class?")
    thinker.answers = [says(wish("status", "status?"))]
    scripted_desk.text("status?")

    [reply] = scripted_desk.replies
    assert "waiting for your answer" in reply
    assert "What is her class?" in reply
    assert errand.request.rstrip(".")[:20] in reply


def test_an_answer_is_kept_and_planning_goes_on(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = waiting_errand(scripted_desk, "What is her class?")
    thinker.answers = [says(wish("answer", "3B", errand.id)), ModelError("late")]
    scripted_desk.text("3B")

    assert Errand.get_by_id(errand.id).state == "planning"
    assert Question.get().answer == "3B"
    assert thinker.materials[-1]["answers"] == [{"question": "What is her class?", "answer": "3B"}]


def test_a_cancelled_errand_is_not_called_for(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = waiting_errand(scripted_desk, "What is her class?")
    thinker.answers = [says(wish("cancel", "never mind", errand.id))]
    scripted_desk.text("never mind")

    assert Errand.get_by_id(errand.id).state == "cancelled"
    assert scripted_desk.replies[-1].endswith("dropped.")


def test_a_call_that_is_going_on_is_not_said_to_be_dropped(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = waiting_errand(scripted_desk)
    Errand.update(state="calling", due_at=None).execute()
    thinker.answers = [says(wish("cancel", "cancel it", errand.id))]
    scripted_desk.text("cancel it")

    assert Errand.get_by_id(errand.id).state == "calling"
    assert "can't stop" in scripted_desk.replies[-1]


def test_yes_to_another_try_twice_is_one_dial(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = waiting_errand(scripted_desk, "Shall I try again?")
    thinker.answers = [
        says(wish("confirm", "yes", errand.id)),
        ModelError("late"),
        says(wish("confirm", "Yes", errand.id)),
    ]
    scripted_desk.text("yes")
    scripted_desk.text("Yes")

    moves = [move.to_state for move in ErrandMove.select().where(ErrandMove.errand == errand)]
    assert moves == ["planning"]
    assert scripted_desk.replies == ["I haven't asked you anything right now."]


@pytest.mark.parametrize("kind", ["refuse", "answer"])
def test_no_to_another_try_ends_the_errand(
    scripted_desk: Desk, thinker: ScriptedThinker, kind: str
) -> None:
    errand = waiting_errand(scripted_desk, "Shall I try again?")
    thinker.answers = [says(wish(kind, "no thanks", errand.id))]
    scripted_desk.text("no thanks")

    assert Errand.get_by_id(errand.id).state == "cancelled"


def test_an_errand_of_another_user_cannot_be_touched(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    stranger = type(scripted_desk.user).create(
        phone=STRANGER, name="Eve", zone="UTC", created_at=0.0
    )
    errand = waiting_errand(scripted_desk, "What is her class?", user=stranger)
    thinker.answers = [
        says(
            wish("cancel", "x", errand.id),
            wish("answer", "x", errand.id),
            wish("status", "x", errand.id),
        )
    ]
    scripted_desk.text("x")

    assert Errand.get_by_id(errand.id).state == "waiting_for_user"
    assert "class" not in scripted_desk.replies[-1]


def test_what_should_be_remembered_is_a_fact(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    thinker.answers = [says(wish("remember", "Remember that Mara is in 3B"))]
    text = scripted_desk.text("Remember that Mara is in 3B")

    fact = Fact.select().order_by(Fact.id.desc()).get()
    assert (fact.value, fact.source) == ("Mara is in 3B", f"text:{text.id}")
    assert scripted_desk.replies == ["Noted."]


@pytest.mark.parametrize(
    "kind", ["confirm", "refuse", "forget", "instruction", "answer", "cancel", "status"]
)
def test_every_kind_of_wish_is_answered_when_nothing_is_open(
    scripted_desk: Desk, thinker: ScriptedThinker, kind: str
) -> None:
    thinker.answers = [says(wish(kind, "go on"))]
    scripted_desk.text("go on")

    assert len(scripted_desk.replies) == 1


def waiting_errand(desk: Desk, *questions: str, user: object = None) -> Errand:
    errand = Errand.create(
        user=user or desk.user, request=REQUEST, state="waiting_for_user", created_at=0.0
    )
    for question in questions:
        Question.create(errand=errand, text=question, asked_at=0.0)
    return errand
