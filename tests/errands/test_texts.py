"""Texts as people write them: halves, several wishes, corrections, a yes that may be for two."""

import pytest

from floyd.errands.halves import WAITS_FOR_REST_S
from floyd.errands.understanding import understand
from floyd.errors import ModelError
from floyd.prompts.schemas import Understanding
from floyd.reports.segments import fits
from floyd.reports.wording import CALL_AGAIN, TRY_AGAIN
from floyd.store.models import Errand, ErrandMove, InboundText, Question
from tests.errands.desk import REQUEST, Desk, ScriptedThinker
from tests.errands.test_planning import plan
from tests.errands.test_understanding import says, waiting_errand, wish


def test_two_halves_of_a_message_are_read_as_one(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    first = scripted_desk.receive("Call the school and")
    understand(scripted_desk.services, first.id)
    assert thinker.materials == []

    thinker.answers = [says(wish("new_errand", REQUEST)), ModelError("late")]
    scripted_desk.clock.move(3)
    scripted_desk.text("tell them Mara is sick")

    assert thinker.materials[0]["text"] == "Call the school and tell them Mara is sick"
    assert InboundText.select().where(InboundText.understood_at.is_null()).count() == 0
    assert Errand.select().count() == 1


def test_a_half_message_whose_rest_never_comes_is_read_after_a_moment(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    half = scripted_desk.receive("Call the school and")
    understand(scripted_desk.services, half.id)
    due_at = InboundText.get_by_id(half.id).due_at
    assert due_at == half.received_at + WAITS_FOR_REST_S

    thinker.answers = [says(wish("unclear", "Call the school and", reply="And what?"))]
    scripted_desk.clock.move(WAITS_FOR_REST_S)
    understand(scripted_desk.services, half.id)
    assert scripted_desk.replies == ["And what?"]


def test_what_comes_while_a_text_is_being_read_is_read_with_it(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    class Interrupted(ScriptedThinker):
        def think(self, *args):  # type: ignore[no-untyped-def]
            if not self.materials:
                scripted_desk.receive("and say it's a fever")
            return super().think(*args)

    interrupted = Interrupted([says(), says(wish("unclear", "x", reply="OK?"))])
    services = type(scripted_desk.services)(
        **{**vars(scripted_desk.services), "thinker": interrupted}
    )
    understand(services, scripted_desk.receive("Tell the school Mara is sick").id)

    assert [material["text"] for material in interrupted.materials] == [
        "Tell the school Mara is sick",
        "Tell the school Mara is sick\nand say it's a fever",
    ]
    assert scripted_desk.replies == ["OK?"]


def test_an_answer_and_a_new_errand_in_one_text_are_both_done(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = waiting_errand(scripted_desk, "Which class?")
    body = "3B. Call the garage at 519-555-0111 and ask when they open."
    thinker.answers = [
        says(wish("answer", "3B", errand.id), wish("new_errand", body[4:])),
        ModelError("late"),
        ModelError("late"),
    ]
    scripted_desk.text(body)

    assert [one.state for one in Errand.select().order_by(Errand.id)] == ["planning"] * 2
    assert Question.get().answer == "3B"


def test_thanks_among_wishes_need_no_answer_of_their_own(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [says(wish("small_talk", "Thanks!", reply="Sure!"), wish("status", "status"))]
    scripted_desk.text("Thanks! status?")
    assert scripted_desk.replies == ["Nothing is open right now."]


def two_that_wait(desk: Desk, question: str) -> tuple[Errand, Errand]:
    flowers, school = waiting_errand(desk, question), waiting_errand(desk, question)
    Errand.update(request="Order flowers for Krista").where(Errand.id == flowers.id).execute()
    return flowers, school


@pytest.mark.parametrize("pick", ["the first", "Flowers", "1", "the flowers please"])
def test_a_yes_that_may_be_for_two_is_asked_back_and_then_settled_without_the_model(
    scripted_desk: Desk, thinker: ScriptedThinker, pick: str
) -> None:
    flowers, school = two_that_wait(scripted_desk, TRY_AGAIN)
    thinker.answers = [says(wish("confirm", "yes", school.id)), ModelError("late")]
    scripted_desk.text("yes")
    assert "Which one do you mean? 1) Order flowers" in scripted_desk.replies[-1]
    assert ErrandMove.select().count() == 0

    scripted_desk.text(pick)
    assert Errand.get_by_id(flowers.id).state == "planning"
    assert Errand.get_by_id(school.id).state == "waiting_for_user"
    assert len(thinker.materials) == 2


def test_an_answer_that_may_be_for_two_keeps_its_words(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    _, school = two_that_wait(scripted_desk, "Which one?")
    thinker.answers = [says(wish("answer", "the blue one")), ModelError("late")]
    scripted_desk.text("the blue one")
    scripted_desk.text("the second")

    [answered] = Question.select().where(Question.answer.is_null(False))
    assert (answered.errand, answered.answer) == (school, "the blue one")


def test_cancelling_one_of_two_by_its_name_needs_no_question(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    flowers, school = two_that_wait(scripted_desk, "When?")
    thinker.answers = [says(wish("cancel", "cancel the flowers"))]
    scripted_desk.text("cancel the flowers")

    assert Errand.get_by_id(flowers.id).state == "cancelled"
    assert Errand.get_by_id(school.id).state == "waiting_for_user"


def test_neither_leaves_all_as_it_is(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    two_that_wait(scripted_desk, "When?")
    thinker.answers = [says(wish("cancel", "cancel it"))]
    scripted_desk.text("cancel it")
    scripted_desk.text("neither")

    assert {errand.state for errand in Errand.select()} == {"waiting_for_user"}


def test_a_no_to_a_question_of_the_errand_is_its_answer(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = waiting_errand(scripted_desk, "Do you want a card with it?")
    thinker.answers = [says(wish("refuse", "no", errand.id)), ModelError("late")]
    scripted_desk.text("no")

    assert Errand.get_by_id(errand.id).state == "planning"
    assert Question.get().answer == "no"


@pytest.mark.parametrize("state", ["scheduled", "waiting_for_user", "planning", "ready"])
def test_a_correction_has_an_open_errand_planned_anew(
    scripted_desk: Desk, thinker: ScriptedThinker, state: str
) -> None:
    errand = waiting_errand(scripted_desk)
    Errand.update(state=state, due_at=scripted_desk.clock.now() + 900).execute()
    thinker.answers = [says(wish("correction", "no, Tuesday", errand.id)), plan()]
    scripted_desk.text("no, Tuesday")

    told = thinker.materials[-1]["answers"]
    assert told == [{"question": "What should be different?", "answer": "no, Tuesday"}]
    assert scripted_desk.replies[0] == "All right, I'll go by that."
    assert Errand.get_by_id(errand.id).state == "calling"
    assert Errand.get_by_id(errand.id).snapshot["answers"] == told


def test_a_plan_that_was_being_made_before_a_correction_is_not_called_for(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = waiting_errand(scripted_desk)
    Errand.update(state="planning", due_at=scripted_desk.clock.now() + 45).execute()
    thinker.answers = [says(wish("correction", "no, Tuesday", errand.id)), ModelError("late")]
    scripted_desk.text("no, Tuesday")

    moves = [move.to_state for move in ErrandMove.select().order_by(ErrandMove.id)]
    assert moves == ["scheduled", "planning"]


def test_a_correction_while_on_the_phone_is_kept_for_another_call(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = waiting_errand(scripted_desk)
    Errand.update(state="calling", due_at=None).execute()
    thinker.answers = [says(wish("correction", "no, Tuesday", errand.id))]
    scripted_desk.text("no, Tuesday")

    [reply] = scripted_desk.replies
    assert "on the phone" in reply
    assert Question.get().answer == "no, Tuesday"


def test_a_correction_to_what_is_done_offers_another_call_that_knows_it(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    done = waiting_errand(scripted_desk)
    Errand.update(state="done").execute()
    thinker.answers = [
        says(wish("correction", "no, Tuesday", done.id)),
        says(wish("confirm", "yes")),
        plan(),
    ]
    scripted_desk.text("no, Tuesday")
    assert "done already. " + CALL_AGAIN in scripted_desk.replies[0]
    assert scripted_desk.dialled == []

    scripted_desk.text("yes")
    assert thinker.materials[-1]["answers"][0]["answer"] == "no, Tuesday"
    assert scripted_desk.dialled == [scripted_desk.sandbox.school_phone]
    assert Errand.get_by_id(done.id).state == "done"


def test_the_status_of_many_errands_fits_two_segments(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    for _ in range(8):
        waiting_errand(scripted_desk, "What is the class of the child?")
    thinker.answers = [says(wish("status", "status?"))]
    scripted_desk.text("status?")

    [reply] = scripted_desk.replies
    assert fits(reply)
    assert reply.endswith("more.")


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param("word " * 200, id="long"),
        pytest.param("\U0001f600" * 90, id="emoji"),
        pytest.param("\u0645\u0631\u062d\u0628\u0627 " * 60, id="arabic"),
        pytest.param("Zo\u00eb", id="accent"),
    ],
)
def test_whatever_the_model_says_the_reply_fits_two_segments(
    scripted_desk: Desk, thinker: ScriptedThinker, reply: str
) -> None:
    thinker.answers = [says(*[wish("unclear", "x", reply=reply)] * 5)]
    scripted_desk.text("x")
    [sent] = scripted_desk.replies
    assert sent
    assert fits(sent)


def test_a_model_that_asks_for_a_hundred_things_gets_five(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [
        Understanding(wishes=[wish("new_errand", f"Call place {n}") for n in range(100)]),
        *[ModelError("late") for _ in range(5)],
    ]
    scripted_desk.text("Call everybody")
    assert Errand.select().count() == 5
