"""A callee has called back, and what it means for the errand."""

from typing import Any

import pytest

from floyd.calls.earlier_calls import calls_material
from floyd.errands.clearance import refusal
from floyd.errands.progress import advance
from floyd.jobs.report_call import report_call
from floyd.store.models import Call, Errand, Question
from tests.errands.callers import Said, phoned, returned_call
from tests.errands.desk import Desk, ScriptedThinker
from tests.errands.test_conclusion import DONE, SAID, report
from tests.errands.test_dialing import ready_errand

NEEDS = {"outcome": "needs_user", "evidence": [], "missing": ["What class is Mara in?"]}


def awaiting(desk: Desk, **changes: Any) -> Errand:
    """An errand that the school's own call has taken up."""
    return phoned(desk, desk.user, "calling", **changes)


def ended(desk: Desk, errand: Errand, said: Said = SAID, **changes: Any) -> Errand:
    """Report a call of the school for the errand."""
    call = returned_call(desk, errand, said, **changes)
    report_call(desk.services, call.id)
    desk.clock.move(16)
    report_call(desk.services, call.id)
    return Errand.get_by_id(errand.id)


def test_a_returned_call_that_went_well_ends_its_errand(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [report()]
    errand = ended(scripted_desk, awaiting(scripted_desk), awaited=True, finish=DONE)

    assert (errand.state, errand.outcome, errand.tries) == ("done", "done", 1)
    [reply] = scripted_desk.replies
    assert reply.startswith("Maple School called back. Done. ")
    assert "marked absent for today" in reply
    assert thinker.materials[0]["called_back"] is True


def test_what_they_need_is_asked(scripted_desk: Desk, thinker: ScriptedThinker) -> None:
    thinker.answers = [report("needs_user", claims=[])]
    errand = ended(scripted_desk, awaiting(scripted_desk), awaited=True, finish=NEEDS)

    assert errand.state == "waiting_for_user"
    assert scripted_desk.replies[0].startswith(
        "Maple School called back. They need something that I don't know. What class is Mara in?"
    )
    assert [question.text for question in Question.select()] == NEEDS["missing"]


def test_after_a_call_in_which_nothing_was_said_the_user_is_asked_what_they_were_asked_before(
    scripted_desk: Desk,
) -> None:
    errand = awaiting(scripted_desk, tries=3)
    Question.create(errand=errand, text="What class is Mara in?", asked_at=0.0)
    errand = ended(scripted_desk, errand, [], awaited=True)

    assert errand.state == "waiting_for_user"
    assert [question.text for question in Question.select()] == ["What class is Mara in?"]
    assert scripted_desk.replies == [
        "Maple School called back. The call broke off before it was settled. What class is Mara in?"
    ]


def test_where_nothing_was_asked_they_are_called_again(scripted_desk: Desk) -> None:
    errand = ended(scripted_desk, awaiting(scripted_desk), [], awaited=True)
    assert (errand.state, errand.tries) == ("scheduled", 1)
    assert scripted_desk.replies[0].startswith(
        "Maple School called back. The call broke off before it was settled. I'll try again at "
    )


def test_who_was_left_a_message_may_settle_it_by_calling_back(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [report(), report()]
    errand = phoned(scripted_desk, scripted_desk.user, "done", outcome="voicemail_left")
    errand = ended(scripted_desk, errand, finish=DONE)
    assert (errand.state, errand.outcome) == ("done", "done")
    assert scripted_desk.replies[0].startswith("Maple School called back. Done. Mara Berg is")

    ended(scripted_desk, errand, finish=DONE)
    assert scripted_desk.replies[1].startswith("Maple School called back. Mara Berg is")


def test_of_an_errand_that_is_over_its_user_is_only_told(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [report()]
    errand = phoned(scripted_desk, scripted_desk.user, "done", outcome="done")
    errand = ended(scripted_desk, errand, finish=NEEDS)

    assert (errand.state, errand.outcome) == ("done", "done")
    [reply] = scripted_desk.replies
    assert reply.startswith("Maple School called back. Mara Berg is marked absent for today.")
    assert "They wanted to know: What class is Mara in?" in reply
    assert Question.select().count() == 0


def test_of_an_errand_that_is_over_nothing_said_is_nothing_told(scripted_desk: Desk) -> None:
    errand = phoned(scripted_desk, scripted_desk.user, "done")
    ended(scripted_desk, errand, [])
    assert scripted_desk.replies == []


def test_a_call_that_came_while_the_last_one_was_reported_settles_its_errand_all_the_same(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [report()]
    errand = phoned(scripted_desk, scripted_desk.user, "waiting_for_user")
    errand = ended(scripted_desk, errand, finish=DONE)
    assert (errand.state, errand.outcome) == ("done", "done")
    assert scripted_desk.replies[0].startswith("Maple School called back. Done.")


def test_a_call_that_settles_nothing_leaves_an_errand_that_did_not_wait_for_it(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [report("failed", claims=[])]
    errand = phoned(scripted_desk, scripted_desk.user, "waiting_for_user")
    errand = ended(scripted_desk, errand)
    assert errand.state == "waiting_for_user"
    assert len(scripted_desk.replies) == 1


def test_a_call_does_not_end_the_errand_of_another_call(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [report()]
    errand = ended(scripted_desk, awaiting(scripted_desk), finish=DONE)
    assert errand.state == "calling"


def test_nobody_is_dialled_who_is_on_the_line(scripted_desk: Desk) -> None:
    errand = ready_errand(scripted_desk)
    returned_call(scripted_desk, errand, [], state="in-progress", ended_at=None)
    advance(scripted_desk.services, errand.id)
    assert scripted_desk.dialled == []

    Call.update(state="completed").execute()
    scripted_desk.clock.move(6)
    advance(scripted_desk.services, errand.id)
    assert len(scripted_desk.dialled) == 1


def test_who_asks_not_to_be_called_again_is_heard_whatever_became_of_the_errand(
    scripted_desk: Desk, thinker: ScriptedThinker
) -> None:
    thinker.answers = [report("do_not_call", claims=[])]
    errand = phoned(scripted_desk, scripted_desk.user, "done", outcome="done")
    finish = {"outcome": "do_not_call", "evidence": [], "missing": []}
    said = [*SAID[:3], ("callee", "Please do not call here again.")]
    errand = ended(scripted_desk, errand, said, finish=finish)

    phone = scripted_desk.sandbox.school_phone
    assert errand.outcome == "done"
    assert refusal(scripted_desk.services.settings, errand, phone) is not None


@pytest.mark.parametrize(("attested", "told"), [(True, 1), (False, 0)])
def test_a_later_call_knows_what_they_said_only_if_it_was_surely_they(
    scripted_desk: Desk, thinker: ScriptedThinker, attested: bool, told: int
) -> None:
    thinker.answers = [report()]
    errand = phoned(scripted_desk, scripted_desk.user, "waiting_for_user")
    ended(scripted_desk, errand, attested=attested)
    assert len(calls_material(errand)) == told
