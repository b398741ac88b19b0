"""What comes of a user's call once it has ended."""

import threading
from typing import Any

import pytest

from floyd.errands import understanding
from floyd.errands.spoken import BY_TEXT_ONLY, NOT_CAUGHT, NOT_CAUGHT_FROM_SOMEBODY
from floyd.errands.understanding import understand
from floyd.errors import ModelError
from floyd.jobs.report_call import report_call
from floyd.store.database import database
from floyd.store.models import (
    Call,
    Contact,
    Errand,
    Fact,
    InboundText,
    OutboundText,
    Question,
)
from tests.errands.callers import Said, desk_call
from tests.errands.desk import Desk, ScriptedThinker
from tests.errands.test_dialing import ready_errand
from tests.errands.test_understanding import says, wish

WISH = "call the school and let them know Mara is going to be home sick today"
SAID: Said = [
    ("floyd", "Hi, this is Floyd, your AI assistant. What can I do for you?"),
    ("callee", f"Hi Floyd, please {WISH}."),
    ("floyd", "I'll call the school and tell them that Mara is sick today. Is that right?"),
    ("callee", "Yes please. Thanks, bye."),
    ("floyd", "I'll see to it and text you. Goodbye."),
]


def understood(desk: Desk, call: Call) -> None:
    """Do what the queue would once a user's call has ended."""
    report_call(desk.services, call.id)
    desk.clock.move(1)
    for text in InboundText.select().where(InboundText.understood_at.is_null()):
        understand(desk.services, text.id)
    desk.take_up_errands()


def test_what_a_user_says_becomes_an_errand_that_is_confirmed_by_text(desk: Desk) -> None:
    understood(desk, desk_call(desk, SAID))

    assert desk.errand.state == "calling"
    first, second = desk.replies
    assert first.startswith("You asked me by phone: ")
    assert "home sick today" in first
    assert first.endswith("I'm on it.")
    assert second == "Calling Maple School now."


def test_a_users_words_are_kept_as_a_text_of_that_call(desk: Desk) -> None:
    call = desk_call(desk, SAID)
    report_call(desk.services, call.id)

    [text] = InboundText.select()
    assert (text.sid, text.call, text.user) == (call.sid, call, desk.user)
    assert text.body.splitlines() == [SAID[1][1], SAID[3][1]]
    assert Call.get_by_id(call.id).reported_at is not None


def test_the_model_reads_who_said_what(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    thinker.answers = [says(wish("small_talk", "", reply="Hi!"))]
    understood(scripted_desk, desk_call(scripted_desk, SAID[:2]))

    [material] = thinker.materials
    assert material["spoken"] == [
        {"speaker": "floyd", "text": SAID[0][1]},
        {"speaker": "user", "text": SAID[1][1]},
    ]
    assert material["text"] == SAID[1][1]


def test_a_call_that_is_reported_by_many_at_once_is_one_text_and_one_errand(desk: Desk) -> None:
    call = desk_call(desk, SAID)
    barrier = threading.Barrier(5)

    def run() -> None:
        barrier.wait()
        with database.connection_context():
            report_call(desk.services, call.id)
            for text in InboundText.select():
                understand(desk.services, text.id)

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert InboundText.select().count() == 1
    assert Errand.select().count() == 1
    assert OutboundText.select().count() == 1


def test_a_call_that_goes_on_is_not_taken_down(desk: Desk) -> None:
    report_call(desk.services, desk_call(desk, SAID, state="in-progress", ended_at=None).id)
    assert InboundText.select().count() == 0


def test_words_that_are_still_to_come_are_waited_for_but_not_for_ever(desk: Desk) -> None:
    call = desk_call(desk, SAID, settled_at=None)
    report_call(desk.services, call.id)
    assert InboundText.select().count() == 0
    desk.clock.move(10)
    report_call(desk.services, call.id)
    assert InboundText.select().count() == 1


@pytest.mark.parametrize("said", [[], SAID[:1], [("callee", "  ")]])
def test_a_call_without_a_word_of_the_user_leaves_no_text(desk: Desk, said: Said) -> None:
    call = desk_call(desk, said)
    understood(desk, call)
    assert InboundText.select().count() == 0
    assert desk.replies == []
    assert Call.get_by_id(call.id).reported_at is not None


def test_nothing_caught_is_said_so(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    for wishes in ([], [wish("unclear", "the", reply="What?")]):
        thinker.answers = [says(*wishes)]
        understood(scripted_desk, desk_call(scripted_desk, [("callee", "Could you the")]))
    assert scripted_desk.replies == [NOT_CAUGHT, NOT_CAUGHT]


def test_small_talk_needs_no_text(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    thinker.answers = [says(wish("small_talk", "Just saying hi", reply="Hi!"))]
    understood(scripted_desk, desk_call(scripted_desk, [("callee", "Just saying hi.")]))
    assert scripted_desk.replies == []
    assert InboundText.get().understood_at is not None


def test_what_was_caught_counts_and_what_was_not_is_passed_over(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [
        says(wish("remember", "Mara is in class 3B"), wish("unclear", "and tell", reply="Whom?"))
    ]
    said = [("callee", "Remember that Mara is in class 3B and tell")]
    understood(scripted_desk, desk_call(scripted_desk, said))
    assert scripted_desk.replies == ["Noted."]
    assert Fact.select().where(Fact.value == "Mara is in class 3B").exists()


def test_everything_that_was_wished_is_confirmed_in_one_text(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [
        says(
            wish("new_errand", "Call the school"),
            wish("remember", "my street is Suffolk Street"),
            wish("new_errand", "call the garage"),
        ),
        ModelError("no plan"),
        ModelError("no plan"),
    ]
    said = [("callee", "Call the school, my street is Suffolk Street, and call the garage.")]
    understood(scripted_desk, desk_call(scripted_desk, said))
    assert scripted_desk.replies == [
        "You asked me by phone: Call the school; call the garage. I'm on it. Noted."
    ]


def test_what_is_asked_for_again_in_one_call_is_one_errand(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [
        says(wish("new_errand", "Call the school"), wish("new_errand", "call  the school")),
        ModelError("no plan"),
    ]
    said = [("callee", "Call the school"), ("floyd", "Sorry?"), ("callee", "Call the school")]
    understood(scripted_desk, desk_call(scripted_desk, said))
    assert scripted_desk.replies == ["You asked me by phone: Call the school. I'm on it."]
    assert Errand.select().count() == 1


@pytest.mark.parametrize(
    ("quoted", "request_"),
    [
        ("Call the garage. On Tuesday at 9", "Call the garage. On Tuesday at 9"),
        ("Call the garage at 519-555-0111", "Call the garage at 519-555-0111"),
        ("Call the garage at 519-555-0112", None),
        ("Call the garage and pay $500", None),
        ("", None),
    ],
)
def test_a_wish_is_put_together_from_the_users_own_words_alone(
    scripted_desk: Desk, thinker: ScriptedThinker, quoted: str, request_: str | None
) -> None:
    said: Said = [
        ("callee", "Call the garage, um, please."),
        ("floyd", "When, and at what number?"),
        ("callee", "On Tuesday at 9, the number is 519 555 0111, thanks."),
    ]
    said.append(("callee", "It's 519-555-0111."))
    thinker.answers = [says(wish("new_errand", quoted)), ModelError("no plan")]
    understood(scripted_desk, desk_call(scripted_desk, said))
    everything = "Call the garage, um, please. On Tuesday at 9, the number is 519 555 0111, thanks."
    assert scripted_desk.errand.request == (request_ or f"{everything} It's 519-555-0111.")


def test_an_answer_may_be_given_by_phone(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    errand = ready_errand(scripted_desk, state="waiting_for_user")
    question = Question.create(errand=errand, text="What class?", asked_at=0.0)
    thinker.answers = [says(wish("answer", "3B", errand.id)), ModelError("no plan")]
    understood(scripted_desk, desk_call(scripted_desk, [("callee", "She is in 3B.")]))
    assert Question.get_by_id(question.id).answer == "3B"
    assert scripted_desk.replies == ["Thanks, I'll go on with that."]


def test_a_number_that_was_said_by_phone_was_given(desk: Desk) -> None:
    Contact.delete().execute()
    said: Said = [("callee", "Please call the school at 519-555-0188 and tell them Mara is sick.")]
    understood(desk, desk_call(desk, said))
    assert desk.dialled == ["+15195550188"]


def test_a_call_that_could_not_be_read_is_told_of_in_its_own_words(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [ModelError("late")] * 4
    call = desk_call(scripted_desk, SAID)
    understood(scripted_desk, call)
    for _ in range(3):
        scripted_desk.clock.move(120)
        understood(scripted_desk, call)
    assert scripted_desk.replies == [understanding.NOT_HEARD_YET, understanding.NOT_HEARD]


def test_a_user_who_calls_for_the_first_time_is_welcomed_by_the_text(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    for rows in (Fact, Contact):
        rows.delete().execute()
    thinker.answers = [says(wish("status", "How is it going"))]
    understood(scripted_desk, desk_call(scripted_desk, [("callee", "How is it going?")]))
    [reply] = scripted_desk.replies
    assert reply.startswith("Hi Anna, I'm Floyd")
    assert reply.endswith("Nothing is open right now.")


def unvouched(desk: Desk, thinker: ScriptedThinker, *wishes: Any) -> None:
    """Somebody has called from the user's number."""
    thinker.answers.append(says(*wishes))
    body = ". ".join(one.text for one in wishes) or "Hello"
    understood(desk, desk_call(desk, [("callee", f"{body}.")], attested=False))


def test_what_a_caller_wants_whom_nobody_vouches_for_waits_for_a_yes(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    unvouched(scripted_desk, thinker, wish("new_errand", "Call the school at 519-555-0111"))

    assert scripted_desk.errand.state == "waiting_for_user"
    question = (
        'Somebody calling from your number asked me: "Call the school at 519-555-0111". '
        "Shall I do that?"
    )
    assert scripted_desk.replies == [question]
    assert [one.text for one in Question.select()] == [question]

    thinker.answers = [
        says(wish("answer", "Tomorrow", scripted_desk.errand.id)),
        says(wish("confirm", "yes", scripted_desk.errand.id)),
        ModelError("no plan"),
    ]
    scripted_desk.text("Tomorrow")
    assert scripted_desk.errand.state == "waiting_for_user"
    assert scripted_desk.replies[-1].endswith("shall I do that, yes or no?")
    scripted_desk.text("yes")
    assert scripted_desk.errand.state == "planning"
    assert thinker.materials[-1]["answers"] == []


def test_a_no_drops_what_a_strangers_voice_asked_for(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    unvouched(scripted_desk, thinker, wish("new_errand", "Call the school"))
    thinker.answers = [says(wish("refuse", "no", scripted_desk.errand.id))]
    scripted_desk.text("no")
    assert scripted_desk.errand.state == "cancelled"


def test_nothing_else_is_done_for_a_strangers_voice(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    errand = ready_errand(scripted_desk, state="waiting_for_user")
    Question.create(errand=errand, text="Shall I try again?", asked_at=0.0)
    facts = Fact.select().count()
    unvouched(
        scripted_desk,
        thinker,
        wish("confirm", "yes", errand.id),
        wish("cancel", "drop it", errand.id),
        wish("remember", "my bank is at Main Street"),
        wish("status", "how is it going", errand.id),
    )
    assert Errand.get_by_id(errand.id).state == "waiting_for_user"
    assert Fact.select().count() == facts
    assert scripted_desk.replies == [BY_TEXT_ONLY]


def test_a_strangers_voice_is_understood_without_the_users_affairs(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    ready_errand(scripted_desk, state="waiting_for_user")
    thinker.answers = [says(wish("small_talk", "Hello", reply="Hi!"))]
    scripted_desk.text("Hello")
    unvouched(scripted_desk, thinker)
    material = thinker.materials[-1]
    assert (material["user"], material["earlier_texts"], material["open_errands"]) == (
        "somebody",
        [],
        [],
    )
    assert scripted_desk.replies[-1] == NOT_CAUGHT_FROM_SOMEBODY


def test_a_strangers_voice_gives_no_number_and_is_no_part_of_the_conversation(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    unvouched(scripted_desk, thinker, wish("unclear", "My number is 519-555-0111", reply="?"))
    thinker.answers = [
        says(wish("new_errand", "Call the garage at 519-555-0111")),
        ModelError("no plan"),
    ]
    scripted_desk.text("Call the garage")
    assert "0111" not in str(thinker.materials[-1])
    assert scripted_desk.errand.request == "Call the garage"


def test_a_strangers_voice_cannot_flood_the_user(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    unvouched(scripted_desk, thinker, *(wish("new_errand", f"Call place {n}") for n in range(5)))
    assert Errand.select().count() == 3
    [reply] = scripted_desk.replies
    assert reply.endswith(BY_TEXT_ONLY)
